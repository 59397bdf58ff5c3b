/** Settings as flags of a command. */
import type { Command } from 'commander'
import { nameBands } from '../../alert/points/bands.ts'
import { flagOf, readSettings, SETTINGS, type SettingName, type Settings } from '../../config.ts'

/** The settings that `candela serve` takes as flags: all but secrets. */
export const SERVED = SETTINGS.filter(({ secret }) => !secret).map(({ name }) => name)

/** Adds a flag for each of the named settings, and --config. */
export function addSettingFlags (command: Command, names: readonly SettingName[]): Command {
  for (const { name, initial, variable, about } of SETTINGS) {
    if (names.includes(name)) command.option(`${flagOf(name)} <value>`, `${about} (${variable}${initial === '' ? '' : `; default ${initial}`})`)
  }
  return command.option('--config <file>', 'JSON file of settings; flags and CANDELA_* variables override it (CANDELA_CONFIG)')
}

/**
 * Reads the settings of this process. From here on everything that it reads knows the --band-names among them.
 * @throws UsageError
 */
export function settingsOf (options: Partial<Record<SettingName | 'config', string>>): Settings {
  const { config = process.env['CANDELA_CONFIG'], ...flags } = options
  const settings = readSettings(flags, { configFile: config })
  nameBands(settings.bandNames)
  return settings
}

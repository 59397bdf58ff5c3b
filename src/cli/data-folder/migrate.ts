/** `candela migrate`: a data folder of an older Candela. */
import { Command } from 'commander'
import type { SettingName } from '../../config.ts'
import { migrateFolder } from '../../state/migration/migrate.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'

export function migrateCommand (): Command {
  return addSettingFlags(new Command('migrate'), ['dataDir'])
    .description('convert a data folder of an older Candela to the present format')
    .addHelpText('after', `
The folder is changed in one transaction: either the whole folder is migrated, or nothing of it. Make a copy first: the
older Candela cannot read the folder afterwards. Hidden states are rebuilt when an object is next touched, or by candela
rebuild. In a folder of the present format only the lists of candidates are made anew, at its next start; this repairs what
candela check finds about them.

Example:
  cp -a ./data ./data.copy && candela migrate --data-dir ./data`)
    .action(migrate)
}

async function migrate (options: Partial<Record<SettingName | 'config', string>>): Promise<void> {
  const { dataDir } = settingsOf(options)
  const { from, to, objects } = await migrateFolder(dataDir)
  process.stderr.write(from === to
    ? `candela: data folder ${dataDir} has format ${to} already; its lists of candidates are made anew at the next start\n`
    : `candela: data folder ${dataDir} migrated from format ${from} to ${to}: ${objects} objects\n`)
}

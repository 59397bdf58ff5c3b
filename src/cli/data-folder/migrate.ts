/** `candela migrate`: a data folder of an older Candela. */
import { Command } from 'commander'
import type { SettingName } from '../../config.ts'
import { migrateFolder } from '../../state/migration/migrate.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'

export function migrateCommand (): Command {
  return addSettingFlags(new Command('migrate'), ['dataDir'])
    .description('bring a data folder that an older Candela wrote to the format of this one')
    .addHelpText('after', `
The folder is changed in one transaction: it is migrated, or as it was. Make a copy first: the older Candela cannot
read it afterwards. Hidden states are rebuilt when an object is touched next, or by candela rebuild. In a folder of this format only the lists of candidates are made anew, with its next
start: what candela check says of them is mended so.

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

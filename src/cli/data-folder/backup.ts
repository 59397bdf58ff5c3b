/** `candela backup`: a consistent copy of a data folder, also while a service uses it. */
import { Command } from 'commander'
import { join } from 'node:path'
import type { SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { backUp } from '../../state/storage/backup.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'

type Options = Partial<Record<SettingName | 'config', string>> & { to?: string }

export function backupCommand (): Command {
  const command = new Command('backup')
    .description('copy a data folder as of one commit, with its archives and the hashes of its tokens; also while a service uses it')
    .option('--to <folder>', 'the copy, a folder that does not exist yet; it appears when it is complete')
  return addSettingFlags(command, ['dataDir', 'archiveDir'])
    .addHelpText('after', `
The copy is a data folder: name it with --data-dir, or put it in the place of the lost one. It has the positions of the
sources, so a service that starts on it goes on from there. A summary is printed as JSON.

Examples:
  candela backup --data-dir ./data --to /backups/candela-2026-11-25
  candela check --data-dir /backups/candela-2026-11-25
  candela serve --data-dir /backups/candela-2026-11-25`)
    .action(backup)
}

async function backup ({ to, ...options }: Options): Promise<void> {
  if (to === undefined) throw new UsageError('--to is missing', { action: 'Name a folder that does not exist yet.' })
  const { dataDir, archiveDir } = settingsOf(options)
  const done = await backUp({ folder: dataDir, to, archives: archiveDir === '' ? join(dataDir, 'archive') : archiveDir })
  process.stdout.write(`${JSON.stringify(done)}\n`)
}

/** `candela restore`: brings archived objects back into the state store. */
import { Command } from 'commander'
import { createApp } from '../../app.ts'
import type { SettingName } from '../../config.ts'
import { CandelaError, describeError } from '../../errors.ts'
import { openArchive } from '../../state/archive/reader.ts'
import { withServiceHint } from './folder-app.ts'
import { stdoutUntilStopped } from '../output.ts'
import { serviceClient } from './service-client.ts'
import { settingsOf } from '../flags/settings.ts'
import { addSourceFlags, serviceAddress, type SourceOptions } from '../flags/source.ts'

/** What became of the objects of one archive. */
interface Restored {
  objects: number
  restored: number
  merged: number
  unchanged: number
  failed: Array<{ diaObjectId: string, message: string, code: string }>
}

interface Restorer {
  restore (file: string): Promise<Restored>
  close (): Promise<void>
}

export function restoreCommand (): Command {
  return addSourceFlags(new Command('restore'), ['model', 'classShares', 'engine'])
    .description('bring the objects of archives back; an object that got new alerts since is merged and replayed, as if it had never left')
    .argument('<file...>', 'archives; with --url the names of those in the service\'s folder')
    .addHelpText('after', `
A file is checked as a whole before anything of it is restored. Restoring a file again does no harm. Restore into another
--data-dir to look at an archive without touching the store that it came from.

Examples:
  candela restore archive/2026.avro
  candela restore archive/2026.avro --data-dir ./looking
  candela restore objects-20260501T120000.000Z.avro --url http://localhost:8080`)
    .action(restore)
}

async function restore (files: string[], options: SourceOptions): Promise<void> {
  const address = serviceAddress(options, ['model', 'classShares', 'engine'])
  const { url: _, ...settings } = options
  const restorer = address === null ? await ofFolder(settings) : ofService(address)
  const output = stdoutUntilStopped()
  let lost = 0
  try {
    for (const file of files) {
      if (output.signal.aborted) break
      try {
        const { failed, ...counts } = await restorer.restore(file)
        lost += failed.length
        for (const { diaObjectId, message, code } of failed) process.stderr.write(`candela: object ${diaObjectId} was not restored: ${message} [${code}]\n`)
        await output.write(`${JSON.stringify({ file, ...counts, failed: failed.length })}\n`)
      } catch (error) {
        if (!(error instanceof CandelaError) || error.canRetry) throw error
        lost++
        process.stderr.write(`candela: ${describeError(error)}\n`)
      }
    }
  } finally {
    await restorer.close()
  }
  if (lost > 0 || output.stoppedBy !== null) process.exitCode = 1
}

async function ofFolder (options: Partial<Record<SettingName | 'config', string>>): Promise<Restorer> {
  const app = await createApp(settingsOf(options), message => process.stderr.write(`candela: ${message}\n`)).catch((error: unknown) => { throw withServiceHint(error) })
  return {
    async restore (file) {
      const { failed, ...counts } = await app.restorer.restore(await openArchive(file))
      return { ...counts, failed: failed.map(({ diaObjectId, error: { code, message } }) => ({ diaObjectId, code, message })) }
    },
    close: () => app.close()
  }
}

function ofService (url: string): Restorer {
  const { post } = serviceClient(url)
  return { restore: name => post<Restored>('/archives/restore', { name }), close: async () => {} }
}

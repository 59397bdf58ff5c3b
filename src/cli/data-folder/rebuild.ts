/** `candela rebuild`: replays records of another model with the model in use. */
import { Command } from 'commander'
import { OBJECT_ID } from '../../alert/alert.ts'
import { UsageError } from '../../errors.ts'
import type { RebuildPage } from '../../state/processor/rebuild.ts'
import { stdoutUntilStopped } from '../output.ts'
import { folderRebuild, serviceRebuild, type RebuildSource } from './rebuild-source.ts'
import { rebuildReport } from './rebuild-report.ts'
import { settingsOf } from '../flags/settings.ts'
import { addSourceFlags, serviceAddress, type SourceOptions } from '../flags/source.ts'

/** Objects asked for at once. */
const PAGE = 250

export function rebuildCommand (): Command {
  return addSourceFlags(new Command('rebuild'), ['model', 'classShares', 'engine'])
    .description('replay the light curves of records whose hidden states belong to another model, with the model in use; all records, or those named')
    .argument('[diaObjectId...]', 'ids of objects', (text: string, before: string[] | undefined) => [...before ?? [], objectId(text)])
    .option('--force', 'replay also records that belong to the model in use, to replace their hidden states')
    .option('--json', 'print the summary as JSON to stdout')
    .addHelpText('after', `
The history keeps which version said what. Start a rebuild that was stopped or killed again, and it goes on where it ended. A record that cannot be read is named, the others are rebuilt, and the exit code is 1.
A data folder that a service is using is refused: go through the service with --url; it goes on classifying meanwhile.

Examples:
  candela rebuild --data-dir ./data --model spcc/1.2
  candela rebuild --url http://localhost:8080
  candela rebuild --force 313637921267122191`)
    .action(rebuild)
}

/** @throws UsageError */
function objectId (text: string): string {
  if (OBJECT_ID.test(text)) return text
  throw new UsageError(`'${text}' is not the id of an object: 1 to 64 characters of A-Z, a-z, 0-9, _ and - are expected`, { value: text })
}

async function rebuild (ids: readonly string[] = [], { force, json, ...options }: SourceOptions & { force?: true, json?: true }): Promise<void> {
  const { url: _, ...settings } = options
  const address = serviceAddress(options, ['model', 'classShares', 'engine'])
  const source = address === null ? await folderRebuild(settingsOf(settings)) : serviceRebuild(address)
  const output = stdoutUntilStopped()
  const wanted = [...new Set(ids)]
  const report = rebuildReport(wanted.length)
  try {
    for await (const page of wanted.length > 0 ? named(source, wanted, force) : walk(source, force)) {
      report.add(page)
      if (output.signal.aborted) break
    }
  } finally {
    await source.close()
    report.end()
  }
  const finished = !output.signal.aborted
  if (json) await output.write(`${JSON.stringify({ ...report.summary, finished })}\n`)
  if (output.stoppedBy !== null) process.stderr.write(`candela: stopped by ${output.stoppedBy}; started again it goes on from there\n`)
  if (report.summary.failed.length > 0 || !finished) process.exitCode = 1
}

async function * walk (source: RebuildSource, force: true | undefined): AsyncGenerator<RebuildPage> {
  let after: string | undefined
  do {
    const page = await source.rebuild({ force, after, limit: PAGE })
    yield page
    after = page.next ?? undefined
  } while (after !== undefined)
}

async function * named (source: RebuildSource, diaObjectIds: readonly string[], force: true | undefined): AsyncGenerator<RebuildPage> {
  for (let k = 0; k < diaObjectIds.length; k += PAGE) yield await source.rebuild({ diaObjectIds: diaObjectIds.slice(k, k + PAGE), force, limit: PAGE })
}

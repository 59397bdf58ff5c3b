/** `candela dead-letters replay`: decodes dead letters again and puts them through the processor. */
import { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { counted, emptyAccounting } from '../../state/accounting.ts'
import { describeAccounting } from '../replay/accounting-line.ts'
import { letterNumber, PAGE, serviceOf } from '../flags/dead-letters.ts'
import { folderReplayer } from './source.ts'
import { outcomeLines } from '../replay/outcome-lines.ts'
import { stdoutUntilStopped } from '../output.ts'
import { settingsOf } from '../flags/settings.ts'
import { addSourceFlags, type SourceOptions } from '../flags/source.ts'

export function replayCommand (): Command {
  return addSourceFlags(new Command('replay'), ['model', 'classShares', 'engine', 'schemaDir'])
    .description('decode dead letters again and put them through, the oldest first: all, or those named; one line of NDJSON an alert, the accounting on stderr')
    .argument('[number...]', 'numbers of letters', (text: string, before: number[] | undefined) => [...before ?? [], letterNumber(text)])
    .option('--code <code>', 'all letters with this error code')
    .addHelpText('after', `
A letter goes once all of its alerts are taken in. A letter that fails again stays, with the new error, and the exit code
is 1.
A data folder that a service is using is refused: go through the service with --url.

Examples:
  candela dead-letters replay 3 17
  candela dead-letters replay --code schema-unknown --schema-dir ./schemas
  candela dead-letters replay --url http://localhost:8080`)
    .action(replay)
}

async function replay (numbers: number[] | undefined, { code, ...options }: SourceOptions & { code?: string }): Promise<void> {
  const some = numbers !== undefined && numbers.length > 0
  if (some && code !== undefined) throw new UsageError('numbers and --code are both given', { action: 'Give numbers, or a code, or neither for all dead letters.' })
  const { url: _, ...settings } = options
  const replayer = serviceOf(options) ?? await folderReplayer(settingsOf(settings))
  const output = stdoutUntilStopped()
  const toLine = outcomeLines()
  const letters = new Set<number>()
  const standing = new Set<number>()
  let accounting = emptyAccounting()
  try {
    let after: number | undefined
    do {
      const { outcomes, next } = await replayer.replay({ ...some && { numbers }, code, after, limit: PAGE })
      await output.write(outcomes.map(outcome => toLine(outcome, outcome.origin)).join(''))
      accounting = counted(accounting, outcomes, outcomes.length)
      for (const { deadLetter, outcome } of outcomes) {
        letters.add(deadLetter)
        if (outcome === 'dead-lettered') standing.add(deadLetter)
      }
      after = next ?? undefined
    } while (after !== undefined && !output.signal.aborted)
  } finally {
    await replayer.close()
  }
  process.stderr.write(`${describeAccounting(accounting, emptyAccounting())}; of ${letters.size} dead letters ${letters.size - standing.size} settled, ${standing.size} standing\n`)
  if (output.stoppedBy !== null) process.stderr.write(`candela: stopped by ${output.stoppedBy}\n`)
  if (standing.size > 0 || output.stoppedBy !== null) process.exitCode = 1
}

/** `candela check`: verifies every record of a data folder. */
import { Command, Option } from 'commander'
import type { SettingName } from '../../config.ts'
import type { CheckSummary } from '../../state/check/check.ts'
import { finding, type Finding } from '../../state/check/findings.ts'
import { runCheckProcess } from './check-process.ts'
import { stdoutUntilStopped } from '../output.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'

export function checkCommand (): Command {
  const command = new Command('check')
    .description('verify every record of a data folder, also while a service uses it: one line of NDJSON a finding on stdout, a summary on stderr')
  return addSettingFlags(command, ['dataDir', 'model', 'classShares', 'engine'])
    .option('--json', 'the summary as JSON')
    .addOption(new Option('--here', 'the inner process').hideHelp())
    .addHelpText('after', `
Every hidden state is compared with a replay of its light curve: use the model, the class shares
and the engine of the service. Each finding
says what to do. Exit code 0: nothing was found; 1: something was, or the folder cannot be checked.

Examples:
  candela check --data-dir ./data
  candela check --data-dir ./data | jq -r 'select(.action | startswith("candela rebuild")) | .diaObjectId'`)
    .action(check)
}

async function check ({ json, here, ...options }: Partial<Record<SettingName | 'config', string>> & { json?: true, here?: true }): Promise<void> {
  const settings = settingsOf(options)
  if (here) {
    // The outer process needs neither the store nor an engine.
    const { checkHere } = await import('./check-here.ts')
    await checkHere(settings)
    return
  }
  const output = stdoutUntilStopped()
  const began = performance.now()
  let shown = began
  let findings = 0
  const print = (found: Finding): Promise<void> => {
    findings++
    return output.write(`${JSON.stringify(found)}\n`)
  }
  let objects = 0
  let walked: { summary: CheckSummary, engine: string, model: string } | undefined
  const { crashed, reading } = await runCheckProcess(async message => {
    if ('finding' in message) await print(message.finding)
    else if ('warning' in message) process.stderr.write(`candela: ${message.warning}\n`)
    else if ('summary' in message) walked = message
    else {
      objects = message.objects
      if (process.stderr.isTTY && performance.now() - shown > 1000) {
        shown = performance.now()
        const rate = objects / (shown - began) * 1000
        process.stderr.write(`${objects} of ${message.of} objects, ${rate.toFixed(0)} objects/s, ${Math.ceil((message.of - objects) / rate)} s left\n`)
      }
    }
  }, output.signal)
  if (crashed !== null) await print(finding('structure-damaged', `the file's structure is damaged: the walk ended at or behind ${reading}, where LMDB ended the process (${crashed})`))
  if (output.stoppedBy !== null) process.stderr.write(`candela: stopped by ${output.stoppedBy} after ${walked?.summary.objects ?? objects} objects\n`)
  else if (walked) process.stderr.write(summaryLine(walked, (performance.now() - began) / 1000, json))
  else process.stderr.write(json ? `${JSON.stringify({ findings, complete: false })}\n` : `${findings} findings; the walk did not come to its end\n`)
  if (findings > 0 || output.stoppedBy !== null) process.exitCode = 1
}

function summaryLine ({ summary, engine, model }: { summary: CheckSummary, engine: string, model: string }, seconds: number, json = false): string {
  const { objects, points, publications, replayed, otherModel, deadLetters, findings, findingsByCode, complete } = summary
  const objectsPerSecond = Math.round(objects / seconds)
  if (json) return `${JSON.stringify({ ...summary, engine, model, seconds, objectsPerSecond })}\n`
  const codes = Object.entries(findingsByCode).map(([code, count]) => `${code} ${count}`).join(', ')
  return `${objects} objects, ${points} points, ${publications} publications, ${deadLetters} dead letters; ${replayed} objects replayed` +
    `${otherModel > 0 ? `, ${otherModel} of another model than ${model} (candela rebuild)` : ''}; ${findings} findings${codes === '' ? '' : ` (${codes})`}` +
    `${complete ? '' : '; the walk did not come to its end'}; ${objectsPerSecond} objects/s, engine ${engine}, model ${model}\n`
}

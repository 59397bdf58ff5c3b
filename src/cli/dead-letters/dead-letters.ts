/** `candela dead-letters`: lists, shows, replays and discards alerts that could not be used. */
import { Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { CandelaError, messageOf } from '../../errors.ts'
import type { DeadLetterFacts } from '../../state/views.ts'
import { letterNumber, PAGE, sourceOf } from '../flags/dead-letters.ts'
import { discardCommand } from './discard.ts'
import { replayCommand } from './replay.ts'
import { stdoutUntilStopped } from '../output.ts'
import { addSourceFlags, type SourceOptions } from '../flags/source.ts'
import { wholeNumber } from '../flags/whole-number.ts'

export function deadLettersCommand (): Command {
  return new Command('dead-letters')
    .description('list, show, replay or discard the alerts that could not be used; their original bytes are kept')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand())
    .addHelpText('after', `
Examples:
  candela dead-letters list --data-dir ./data
  candela dead-letters show 3 --out alert.avro
  candela dead-letters replay --url http://localhost:8080`)
}

function listCommand (): Command {
  return addSourceFlags(new Command('list'))
    .description('list the stored dead letters, newest first: number, time, code, bytes, origin; also while a service uses the folder')
    .option('--code <code>', 'only letters with this error code')
    .option('--origin <text>', 'only letters whose origin contains this text')
    .option('--oldest-first', 'the oldest first')
    .option('--limit <number>', 'at most this many', wholeNumber('limit', 1))
    .option('--json', 'NDJSON with all facts of each letter')
    .addHelpText('after', `
Examples:
  candela dead-letters list --code schema-unknown
  candela dead-letters list --json | jq -r .code | sort | uniq -c`)
    .action(list)
}

function showCommand (): Command {
  return addSourceFlags(new Command('show'))
    .description('show all facts of a dead letter, and write its original bytes to a file')
    .argument('<number>', 'number of the letter', letterNumber)
    .option('--out <file>', 'write the original bytes there')
    .option('--json', 'the facts as JSON')
    .addHelpText('after', `
Example:
  candela dead-letters show 3 --out alert.avro`)
    .action(show)
}

async function list ({ code, origin, oldestFirst, limit = Infinity, json, ...options }: SourceOptions & { code?: string, origin?: string, oldestFirst?: true, limit?: number, json?: true }): Promise<void> {
  const source = sourceOf(options)
  const output = stdoutUntilStopped()
  const line = json ? (letter: DeadLetterFacts) => `${JSON.stringify(letter)}\n` : lineOf
  try {
    let after: number | undefined
    for (let given = 0; given < limit && !output.signal.aborted;) {
      const page = await source.list({ code, origin, oldestFirst, after, limit: Math.min(PAGE, limit - given) })
      await output.write(page.deadLetters.map(line).join(''))
      given += page.deadLetters.length
      if (page.next === null) break
      after = page.next
    }
  } finally {
    await source.close()
  }
  if (output.stoppedBy !== null) process.exitCode = 1
}

const lineOf = ({ number, failedAt, code, bytes, origin }: DeadLetterFacts): string =>
  `${String(number).padStart(6)}  ${failedAt}  ${code.padEnd(20)}  ${String(bytes).padStart(9)}  ${printable(origin)}\n`

/** Control characters of a sender must not steer the terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, character => JSON.stringify(character).slice(1, -1))

async function show (number: number, { out, json, ...options }: SourceOptions & { out?: string, json?: true }): Promise<void> {
  const source = sourceOf(options)
  try {
    const letter = await source.get(number)
    process.stdout.write(json ? `${JSON.stringify(letter)}\n` : factsOf(letter))
    if (out !== undefined) writeBytes(out, await source.bytes(number))
  } finally {
    await source.close()
  }
}

const factsOf = ({ number, ...facts }: DeadLetterFacts): string => `dead letter ${number}\n${Object.entries(facts)
  .filter(([, value]) => value !== null)
  .map(([name, value]) => `  ${`${name}:`.padEnd(12)} ${printable(String(value))}\n`).join('')}`

function writeBytes (path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes)
  } catch (cause) {
    throw new CandelaError('file-unwritable', `${path} cannot be written: ${messageOf(cause)}`, {
      cause, value: path, action: 'Choose another --out.'
    })
  }
}

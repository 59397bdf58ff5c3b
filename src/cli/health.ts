/** `candela health`: whether the service of these settings is ready, for a container's health check. */
import { Command, Option } from 'commander'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { SettingName, Settings } from '../config.ts'
import { CandelaError, firstLine, UsageError, messageOf } from '../errors.ts'
import { addSettingFlags, SERVED, settingsOf } from './flags/settings.ts'

type Flags = Partial<Record<SettingName | 'config', string>>

/** The settings that decide where a service listens. */
const WHERE = ['httpHost', 'httpPort', 'httpTlsCert', 'httpTlsKey'] as const satisfies readonly SettingName[]

/** How long the answer may take [ms]. */
const TIMEOUT = 4000

export function healthCommand (): Command {
  const command = new Command('health')
    .description('ask the service on this machine whether it is ready: exit code 0 where it is, 1 where it is not or does not answer')
    .addOption(new Option('--as-process <pid>', 'ask where the flags of that process say that it listens (Linux); exit code 0 where the process is no candela serve')
      .argParser(pid => {
        if (/^[1-9]\d*$/.test(pid)) return pid
        throw new UsageError(`--as-process is '${pid}': the number of a process is expected`, { value: pid })
      }))
  return addSettingFlags(command, WHERE)
    .addHelpText('after', `
Takes the settings of serve: flags, CANDELA_* variables, --config. A certificate is not verified, since it may not name
the loopback.

Examples:
  candela health --http-port 8080
  candela health --as-process 1     # in a container`)
    .action(health)
}

/**
 * The flags of `candela serve` on a command line.
 * @param words of /proc/PID/cmdline
 * @returns null where it is another command
 */
export function servedFlags (words: readonly string[]): Flags | null {
  const program = words.findIndex(word => /(^|\/)candela(\.c?js)?$/.test(word))
  if (program < 0 || words[program + 1] !== 'serve') return null
  const command = addSettingFlags(new Command('serve'), SERVED).exitOverride().configureOutput({ writeErr: () => {} })
  command.parse(words.slice(program + 2), { from: 'user' })
  return command.opts<Flags>()
}

function wordsOf (pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  } catch (cause) {
    throw new CandelaError('process-unknown', `the command line of process ${pid} cannot be read: ${firstLine(cause)}`, { value: pid, cause, action: 'Leave --as-process out, and give the settings of the service.' })
  }
}

/** A service that listens on every address is asked at the loopback. */
const ANY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** @returns status and body of /health/ready */
function ask ({ httpHost, httpPort: port, httpTlsCert }: Settings): Promise<{ status: number, body: string }> {
  const options = { host: ANY[httpHost] ?? httpHost, port, path: '/health/ready', headers: { host: 'localhost' }, timeout: TIMEOUT, agent: false }
  return new Promise((resolve, reject) => {
    const request = httpTlsCert === '' ? http.get(options) : https.get({ ...options, rejectUnauthorized: false })
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)))
    request.on('response', response => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => { body += text }).on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
  })
}

async function health ({ asProcess, ...given }: Flags & { asProcess?: string }): Promise<void> {
  const flags = asProcess === undefined ? {} : servedFlags(wordsOf(asProcess))
  if (flags === null) {
    process.stdout.write(`process ${asProcess} is no candela serve: it answers nobody\n`)
    return
  }
  const settings = settingsOf({ ...flags, ...given })
  const where = `port ${settings.httpPort} on ${settings.httpHost}`
  if (settings.httpPort === 0) throw new CandelaError('port-unknown', 'the service listens on any free port', { action: 'Give it one with --http-port.' })
  const answer = await ask(settings).catch((cause: unknown) => {
    throw new CandelaError('service-unreachable', `no service answers at ${where}: ${messageOf(cause) || (cause as NodeJS.ErrnoException).code}`, { cause, canRetry: true, action: 'Check that candela serve runs with the same settings.' })
  })
  process.stdout.write(`${answer.body.trim()}\n`)
  if (answer.status !== 200) process.exitCode = 1
}

/**
 * `npm run fuzz-http [-- --rounds N] [--only WORDS]`: hostile bodies at every route of a service of its own. Exit code 1 where its event
 * loop stands still for more than 200 ms, an answer is not what it should be, or memory keeps growing from round to round.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../e2e/candela-process.ts'
import { faultsOf, HOSTILE, measured, tryBody } from './http-campaign.ts'

/** [ms] */
const MOST_DELAY = 200
/** What memory may grow by from the first round to the last [MiB]. */
const GROWTH = 100

const count = (text: string): number => /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`'${text}' is not a whole number of at least 1`, { exitCode: 2 })
program.option('--rounds <n>', 'times that every body is sent', count, 3).option('--only <words>', 'bodies whose name or path has these words', '').parse()
const { rounds, only } = program.opts<{ rounds: number, only: string }>()

const cleanups: Array<() => void> = []
const folder = mkdtempSync(join(tmpdir(), 'candela-fuzz-http-'))
try {
  const bodies = HOSTILE.filter(({ name, path }) => `${path} ${name}`.includes(only))
  const service = await serve({ after: fn => { cleanups.push(fn) } }, ['--data-dir', folder, '--sky-night-seconds', '86400', '--engine', 'wasm', '--address-rate', '0'])
  const memory: number[] = []
  let faults = 0
  let worst = { delay: 0, name: '' }
  for (let round = 1; round <= rounds; round++) {
    for (const body of bodies) {
      const tried = await tryBody(service.url, body, { most: MOST_DELAY })
      const name = `${body.method} ${body.path}, ${body.name}`
      if (tried.delay > worst.delay) worst = { delay: tried.delay, name }
      console.log(`${name}: ${tried.status}, ${tried.took.toFixed(0)} ms, delay ${tried.delay.toFixed(0)} ms`)
      for (const fault of faultsOf(tried, MOST_DELAY)) {
        faults++
        console.error(`fault: ${name}: ${fault}`)
      }
    }
    memory.push((await measured(service.url)).memory)
  }
  console.log(`${bodies.length} bodies, ${rounds} rounds: longest delay ${worst.delay.toFixed(0)} ms (${worst.name}); memory after each round ${memory.map(value => value.toFixed(0)).join(', ')} MiB`)
  const grown = memory.at(-1)! - memory[0]!
  if (grown > GROWTH) {
    faults++
    console.error(`fault: memory grew by ${grown.toFixed(0)} MiB`)
  }
  const { took } = await service.stop('SIGTERM')
  console.log(`stopped in ${took.toFixed(0)} ms; ${faults} faults`)
  if (faults > 0) process.exitCode = 1
} finally {
  for (const cleanup of cleanups) cleanup()
  rmSync(folder, { recursive: true, force: true })
}

/**
 * `npm run crash [-- --kills N] [--seed N] [--nights N]`: a replay of 5,000 alerts, killed 50 times, against an
 * undisturbed one. Exit code 1 where anything differs in the end.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCrashCampaign } from './campaign.ts'

const count = (text: string): number => /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`'${text}' is not a whole number of at least 1`, { exitCode: 2 })
program.option('--kills <n>', 'kills', count, 50).option('--seed <n>', 'decides sky and moments', count, 1).option('--nights <n>', 'nights of the sky', count, 64).parse()
const { kills: wanted, seed, nights } = program.opts<{ kills: number, seed: number, nights: number }>()

const folder = mkdtempSync(join(tmpdir(), 'candela-crash-'))
const endings: Array<() => void> = [() => rmSync(folder, { recursive: true, force: true })]
try {
  const { alerts, kills, objects, accounting, status, differences, faults } = await runCrashCampaign({ after: end => endings.unshift(end) }, {
    folder,
    seed,
    kills: wanted,
    nights,
    objects: 270,
    batch: 80,
    onKill: ({ moment, committed }, number) => process.stderr.write(`kill ${number} of ${wanted}: ${moment}${committed === null ? '' : `, ${committed} alerts committed`}\n`)
  })
  const { received, classified, declined, duplicate, deadLettered } = accounting
  const moments = ['start', 'lines', 'commit'].map(name => `${name} ${kills.filter(({ moment }) => moment === name).length}`)
  console.log(`${alerts} simulated alerts of ${objects} objects with repeats and damage, seed ${seed}; ${kills.length} kills (${moments.join(', ')}), the last replay ended with ${status}`)
  console.log(`received ${received} = classified ${classified} + declined ${declined} + duplicate ${duplicate} + dead-lettered ${deadLettered}`)
  console.log(differences.length === 0 ? 'records, history, counters, position and dead letters equal those of the undisturbed replay' : `different from the undisturbed replay: ${differences.join(', ')}`)
  for (const fault of faults) console.error(`fault: ${fault}`)
  if (differences.length > 0 || faults.length > 0) process.exitCode = 1
} finally {
  for (const end of endings) end()
}

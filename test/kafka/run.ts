/**
 * `npm run kafka-crash [-- --only NAME… --alerts N --objects N --rate N --seed N]`: alerts through processes that
 * classify from Kafka while processes are killed, come, go and stand still and the broker is stopped, against
 * `candela replay` of the same alerts. Exit code 1 where anything differs in the end.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker, type KafkaVersion } from '../e2e/kafka/broker.ts'
import { alertList } from './alert-list.ts'
import { runKafkaCampaign } from './campaign.ts'
import { replay } from './replayed.ts'
import { SCENARIOS } from './scenarios.ts'

const count = (text: string): number => /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`'${text}' is not a whole number of at least 1`, { exitCode: 2 })
program
  .option('--only <name...>', `of ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  .option('--alerts <n>', 'repeats and unreadable ones among them', count, 5000)
  .option('--objects <n>', 'objects', count, 300)
  .option('--partitions <n>', 'of each topic', count, 6)
  .option('--rate <n>', 'alerts per second', count, 100)
  .option('--seed <n>', 'decides sky and moments', count, 7)
  .option('--kafka <version>', 'of Kafka', '4.1.0')
  .option('--logs', 'show the logs of the processes')
  .parse()
const { only, alerts, objects, partitions, rate, seed, kafka, logs } = program.opts<{ only?: string[], alerts: number, objects: number, partitions: number, rate: number, seed: number, kafka: KafkaVersion, logs?: true }>()

const folder = mkdtempSync(join(tmpdir(), 'candela-kafka-crash-'))
const endings: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })]
const t = { after: (end: () => unknown): void => { endings.unshift(end) } }
const say = (line: string): boolean => process.stderr.write(`${line}\n`)
try {
  const broker = await startBroker(t, kafka)
  const list = alertList({ seed, alerts, objects })
  const replayed = await replay(t, list, folder)
  for (const scenario of SCENARIOS.filter(({ name }) => only?.includes(name) ?? true)) {
    say(`${scenario.name}:`)
    const { records, objects, seconds, accounting, differences, log } = await runKafkaCampaign(t, {
      broker, scenario, list, replayed, folder, seed, partitions, rate, onEvent: line => say(`  ${line}`)
    })
    if (logs) for (const line of log) say(`    ${line}`)
    const { received, classified, declined, duplicate, deadLettered } = accounting
    console.log(`${scenario.name}: ${records} records, ${objects} objects, ${seconds.toFixed(0)} s; received ${received} = classified ${classified} + declined ${declined} + duplicate ${duplicate} + dead-lettered ${deadLettered}; ${differences.length === 0 ? 'one outcome each, all equal to the replay\'s' : 'WRONG'}`)
    for (const difference of differences) console.log(`  ${difference}`)
    if (differences.length > 0) process.exitCode = 1
  }
} finally {
  for (const end of endings) await end()
}

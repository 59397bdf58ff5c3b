/**
 * `npm run fuzz [-- --alerts N] [--seed N]`: a campaign of 100,000 damaged alerts through the whole pipeline. Exit code 1
 * where an alert has no outcome, a good alert in between was not classified, or memory kept growing.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { createProcessor } from '../../src/state/processor/processor.ts'
import { runCampaign } from './campaign.ts'

/** What memory may grow by between a fifth of the way and the end [MB]. */
const GROWTH = 40

const count = (text: string): number => /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`'${text}' is not a whole number of at least 1`, { exitCode: 2 })
program.option('--alerts <n>', 'damaged alerts', count, 100_000).option('--seed <n>', 'decides the damage', count, 1).parse()
const { alerts, seed } = program.opts<{ alerts: number, seed: number }>()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
/** What is alive, on V8's heap and beside it [MB]. */
function memory (): number {
  collectGarbage()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return (heapUsed + external + arrayBuffers) / 1e6
}

const folder = mkdtempSync(join(tmpdir(), 'candela-fuzz-'))
const model = loadModel('spcc')
const network = (await loadEngine('auto')).load(model.shape, model.weights, [])
const store = openLmdbStore(folder)
try {
  const samples: number[] = []
  const began = performance.now()
  const { deliveries, outcomes, accounting, good, goodAlerts, reasons, slowest } = await runCampaign({
    processor: createProcessor({ store, network, model }),
    reader: store.reader,
    alerts,
    seed,
    onBatch (done) {
      if (done < (samples.length + 1) * alerts / 5) return
      samples.push(memory())
      const rate = done / (performance.now() - began) * 1000
      process.stderr.write(`${done} of ${alerts}, ${rate.toFixed(0)}/s, ${Math.ceil((alerts - done) / rate)} s left, ${samples.at(-1)!.toFixed(0)} MB alive\n`)
    }
  })
  samples.push(memory())
  const { received, classified, declined, duplicate, deadLettered } = accounting
  console.log(`${deliveries} deliveries, ${alerts} of them damaged, seed ${seed}: ${outcomes} alerts`)
  console.log(`received ${received} = classified ${classified} + declined ${declined} + duplicate ${duplicate} + dead-lettered ${deadLettered}`)
  for (const [reason, number] of [...reasons].sort(([, a], [, b]) => b - a)) console.log(`  ${reason} ${number}`)
  console.log(`${goodAlerts} good alerts in between; slowest delivery: ${slowest.delivery}, ${slowest.ms.toFixed(0)} ms; memory alive ${samples.map(value => value.toFixed(0)).join(', ')} MB`)
  const faults = [
    received !== outcomes && `${outcomes} alerts went in, ${received} were counted`,
    received !== classified + declined + duplicate + deadLettered && 'the accounting does not add up',
    good.some(probabilities => probabilities.size !== 1 || probabilities.has(null)) && `good alerts were not classified alike: ${JSON.stringify(good.map(values => [...values]))}`,
    reasons.has('internal-error') && `${reasons.get('internal-error')} errors of no known kind`,
    samples.at(-1)! - samples[0]! > GROWTH && `memory grew by ${(samples.at(-1)! - samples[0]!).toFixed(0)} MB`
  ].filter(fault => fault !== false)
  for (const fault of faults) console.error(`fault: ${fault}`)
  if (faults.length > 0) process.exitCode = 1
} finally {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}

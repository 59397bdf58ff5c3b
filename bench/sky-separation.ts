/**
 * How well P(Ia) tells Ia from the rest of the simulated sky, by number of epochs: nights of a simulated sky
 * through the whole pipeline, as `npm start` runs it, then the newest P(Ia) of each object against its class.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../src/app.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import type { Candidate, CandidatePosition, ObjectReader } from '../src/state/views.ts'
import { fixed, measure, type Outcome } from '../src/training/evaluation/metrics.ts'
import { tell } from './comparison.ts'

const SEED = 2026
const NIGHTS = Number(process.argv[2] ?? 200)

function * everyCandidate (reader: ObjectReader): Generator<Candidate> {
  for (let after: CandidatePosition | undefined; ;) {
    const { candidates, next } = reader.candidates({ limit: 1000, after })
    yield * candidates
    if (next === null) return
    after = next
  }
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const app = await createApp({ model: 'spcc', engine: 'auto', dataDir: folder, schemaDir: '' }, message => console.error(message))
try {
  const sky = createSky({ seed: SEED })
  for (let night = 0; night < NIGHTS; night++) {
    const alerts = await Promise.all(sky.night(night).map(async ({ bytes }) => ({ alert: await app.decode(bytes), origin: `night ${night}` })))
    if (alerts.length > 0) await app.processor.process(alerts)
  }
  const candidates = [...everyCandidate(app.store.reader)]
  console.log(`${NIGHTS} nights of sky ${SEED}, model ${app.processor.model}, engine ${app.engine.name}: ${JSON.stringify(app.store.reader.statistics().accounting)}`)
  for (const least of [1, 5, 10, 20, 40]) {
    const outcomes = candidates.filter(({ epochs }) => epochs >= least)
      .map(({ diaObjectId, probabilityIa }): Outcome => ({ probabilityIa, isIa: sky.classOf(diaObjectId) === 'Ia' }))
    const { accuracy, auc } = measure(outcomes)
    tell({
      question: `P(Ia) on the simulated sky, at least ${least} epochs`,
      measured: `pairs of a Ia and another in the right order (AUC); ${outcomes.filter(({ isIa }) => isIa).length} Ia of ${outcomes.length} objects, accuracy ${fixed(accuracy, 1)} %`,
      reference: 'all pairs',
      ratios: [auc ?? NaN]
    })
    const chosen = outcomes.filter(({ probabilityIa }) => probabilityIa > 0.9)
    tell({
      question: `Ia among objects with P(Ia) > 0.9, at least ${least} epochs`,
      measured: `${chosen.filter(({ isIa }) => isIa).length} Ia`,
      reference: `${chosen.length} objects`,
      ratios: [chosen.filter(({ isIa }) => isIa).length / Math.max(1, chosen.length)]
    })
  }
} finally {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
}

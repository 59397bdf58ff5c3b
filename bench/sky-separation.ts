/**
 * How well P(Ia) tells Ia from the rest of the simulated sky, by number of epochs: nights of a simulated sky
 * through the whole pipeline, as `npm start` runs it, then the newest P(Ia) of each object against its class; of a model
 * with classes the confusion matrix, too. The sky's mix is none of a survey's (docs/simulation.md), so P(Ia) is for the
 * class shares of the training unless others are given.
 * `node --import tsx bench/sky-separation.ts [nights, 200] [model] [class shares, training]`; the model is sky where there is
 * one, else spcc.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../src/app.ts'
import { findModel, loadModel } from '../src/model/model-file.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import { SKY_CLASSES } from '../src/simulator/sources/source.ts'
import type { Candidate, CandidatePosition, ObjectReader } from '../src/state/views.ts'
import { fixed, measure, type Outcome } from '../src/training/evaluation/metrics.ts'
import { tell } from './comparison.ts'

const SEED = 2026
const [nights = '200', given, classShares = 'training'] = process.argv.slice(2)
const NIGHTS = Number(nights)
/** An object is taken for Ia where P(Ia) is above. */
const ABOVE = [0.5, 0.9] as const

function shippedModel (): string {
  try {
    findModel('sky')
    return 'sky'
  } catch {
    return 'spcc'
  }
}

function * everyCandidate (reader: ObjectReader): Generator<Candidate> {
  for (let after: CandidatePosition | undefined; ;) {
    const { candidates, next } = reader.candidates({ limit: 1000, after })
    yield * candidates
    if (next === null) return
    after = next
  }
}

type ClassOf = (diaObjectId: string) => string

/** The class with the largest probability. */
const calledOf = ({ classProbabilities }: Candidate): string => Object.entries(classProbabilities!).reduce((best, one) => one[1] > best[1] ? one : best)[0]

/** Rows: what the objects are; columns: what they are called, in per cent of the row. */
function confusion (candidates: readonly Candidate[], classOf: ClassOf): string {
  const called = Object.keys(candidates[0]!.classProbabilities!)
  const rows = SKY_CLASSES.flatMap(skyClass => {
    const ofClass = candidates.filter(({ diaObjectId }) => classOf(diaObjectId) === skyClass)
    if (ofClass.length === 0) return []
    const calls = ofClass.map(calledOf)
    return [[skyClass, String(ofClass.length), ...called.map(name => {
      const count = calls.filter(call => call === name).length
      return count === 0 ? '·' : String(Math.round(100 * count / ofClass.length))
    })]]
  })
  const table = [['is, called [%]', 'objects', ...called], ...rows]
  const widths = table[0]!.map((_, k) => Math.max(...table.map(row => row[k]!.length)))
  return table.map(row => row.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join('  ')).join('\n')
}

/** As `Ia 40, AGN 3`. */
function counted (candidates: readonly Candidate[], classOf: ClassOf): string {
  const counts = new Map<string, number>()
  for (const { diaObjectId } of candidates) counts.set(classOf(diaObjectId), (counts.get(classOf(diaObjectId)) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`).join(', ')
}

/** What a model with classes makes of the sky after its newest alert. */
function tellClasses (candidates: readonly Candidate[], classOf: ClassOf): void {
  console.log(`\n${confusion(candidates, classOf)}\n`)
  const right = candidates.filter(candidate => calledOf(candidate) === classOf(candidate.diaObjectId)).length
  tell({ question: 'class of the largest probability, after the newest alert', measured: `${right} right`, reference: `${candidates.length} objects`, ratios: [right / candidates.length] })
}

const model = given ?? shippedModel()
const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const app = await createApp({ model, engine: 'auto', dataDir: folder, schemaDir: '', ...loadModel(model).classes !== null && { classShares } }, message => console.error(message))
try {
  const sky = createSky({ seed: SEED })
  for (let night = 0; night < NIGHTS; night++) {
    const alerts = await Promise.all(sky.night(night).map(async ({ bytes }) => ({ alert: await app.decode(bytes), origin: `night ${night}` })))
    if (alerts.length > 0) await app.processor.process(alerts)
  }
  const candidates = [...everyCandidate(app.store.reader)]
  console.log(`${NIGHTS} nights of sky ${SEED}, model ${app.processor.model}, engine ${app.engine.name}, class shares ${candidates[0]?.classShares ?? 'none'}: ${JSON.stringify(app.store.reader.statistics().accounting)}`)
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
    for (const above of ABOVE) {
      const chosen = candidates.filter(({ epochs, probabilityIa }) => epochs >= least && probabilityIa > above)
      const typeIa = chosen.filter(({ diaObjectId }) => sky.classOf(diaObjectId) === 'Ia').length
      console.log(`P(Ia) > ${above}: ${counted(chosen, sky.classOf)}`)
      tell({
        question: `Ia among objects with P(Ia) > ${above}, at least ${least} epochs`,
        measured: `${typeIa} Ia`,
        reference: `${chosen.length} objects`,
        ratios: [typeIa / Math.max(1, chosen.length)]
      })
    }
  }
  if (candidates[0]?.classProbabilities) tellClasses(candidates, sky.classOf)
} finally {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
}

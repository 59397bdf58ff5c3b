/**
 * Where a model of the whole sky errs: of the objects that it was not trained on, Ia that it misses and others that it
 * calls Ia, by redshift, largest S/N and number of points.
 * `node --import tsx bench/sky-errors.ts MODEL DATA…`, with the very data that the model was trained on.
 */
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { readLabelledObjects, type LabelledObject } from '../src/training/data/labelled-object.ts'
import { finalOutcomes } from '../src/training/evaluation/evaluate.ts'
import { classesOfCard, splitOfCard } from '../src/training/evaluation/model-card.ts'
import { playObjects } from '../src/training/evaluation/playback.ts'

const [reference = 'sky', ...data] = process.argv.slice(2)
const model = loadModel(reference)
const { objects } = await readLabelledObjects(data, 'all', classesOfCard(model.card))
const test = new Set(splitOfCard(model.card, objects).test)
const kept = objects.filter(({ snid }) => test.has(snid))
const network = (await loadEngine('auto')).load(model.shape, model.weights, positivePlaces(model.classes))
const played = playObjects(network, kept, { photoZ: 'unknown', context: 'unknown' })
const outcomes = finalOutcomes(played, model)

const largestSnr = ({ points }: LabelledObject): number => points.reduce((most, { psfFlux, psfFluxErr }) => Math.max(most, psfFlux / psfFluxErr), 0)
const MEASURES: ReadonlyArray<readonly [string, (k: number) => number | null, readonly number[]]> = [
  ['redshift', k => kept[k]!.redshift, [0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 2]],
  ['largest S/N', k => largestSnr(kept[k]!), [0, 8, 12, 20, 40, 100, Infinity]],
  ['points', k => played[k]!.times.length, [1, 5, 10, 20, 40, 80, Infinity]]
]

const all = kept.map((_, k) => k).filter(k => played[k]!.times.length > 0)
const table = (title: string, of: readonly number[]): void => {
  console.log(`\n${title}: ${of.length} objects`)
  for (const [name, measure, edges] of MEASURES) {
    for (const [low, high] of edges.slice(1).map((edge, e) => [edges[e]!, edge] as const)) {
      const inside = of.filter(k => (measure(k) ?? Number.NaN) >= low && measure(k)! < high)
      if (inside.length < 10) continue
      const called = inside.filter(k => outcomes[k]!.probabilityIa > 0.5).length
      console.log(`${name.padEnd(12)} ${`${low} to ${high === Infinity ? '∞' : high}`.padEnd(14)} ${String(inside.length).padStart(5)} objects  ${(100 * called / inside.length).toFixed(1).padStart(5)} % with P(Ia) > 0.5`)
    }
  }
}

const sources = [...new Set(kept.map(({ source }) => source))]
console.log(`${model.name}/${model.version}, ${kept.length} objects of the test part, redshift and context unknown`)
for (const source of sources) {
  const here = all.filter(k => kept[k]!.source === source)
  if (here.length >= 500) table(`${source}: Ia`, here.filter(k => kept[k]!.isIa))
}
for (const type of ['Ibc', 'II', 'Ia-peculiar', 'SLSN', 'TDE']) table(`${type} of all sets`, all.filter(k => kept[k]!.type === type))
network.dispose()

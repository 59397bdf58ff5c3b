/**
 * How far back does the loss at the end of a light curve reach? For a fresh and a briefly trained network of each
 * cell, the norm of the gradient with respect to the input k steps back, on light curves of the simulated sky. Run
 * alone, its argument names a plot to write: node --import tsx bench/gradient-reach.ts docs/gradient-reach.svg.
 */
import { writeFileSync } from 'node:fs'
import { UNKNOWN_HOST } from '../src/alert/alert.ts'
import { CELL_NAMES } from '../src/model/cells/layout.ts'
import { multiplyAdds, weightSpecs, type NetworkShape } from '../src/model/shape.ts'
import { loadTensorflow } from '../src/model/tensorflow-backend.ts'
import { createCadence } from '../src/simulator/live/cadence.ts'
import { createObjects } from '../src/simulator/live/objects.ts'
import { createPhotometry } from '../src/simulator/live/photometry.ts'
import { DEFAULT_START } from '../src/simulator/live/sky.ts'
import { shippedSkyTable } from '../src/simulator/live/sky-table.ts'
import { steppedPoints } from '../src/light-curve/window.ts'
import { loadPlot } from '../src/report/plot.ts'
import { gradientReach, type GradientReach } from '../src/training/network/gradient-reach.ts'
import type { LabelledObject } from '../src/training/data/labelled-object.ts'
import { seededRandom } from '../src/training/data/random.ts'
import { trainingSettingsSchema } from '../src/training/settings.ts'
import { trainNetwork } from '../src/training/train.ts'
import { initialWeights } from '../src/training/network/trainable-network.ts'
import { tell } from './comparison.ts'

const SEED = 2026
const FURTHEST = 60
const COLUMNS = [0, 5, 10, 20, 30, 40, 60]
/** What is compared [steps]. */
const BACK = 40
const OBJECTS = { training: 400, validation: 100, measured: 64 }
const NIGHTS = 4000

const settings = trainingSettingsSchema.parse({ width: 16, headWidth: 16, passes: 8, peakRate: 0.01, seed: 1 })
const { bands } = settings

/** Long light curves of the simulated sky: forced photometry of every visit of 200 nights after the peak. */
function longLightCurves (count: number): LabelledObject[] {
  const cadence = createCadence(SEED, DEFAULT_START)
  const photometry = createPhotometry(SEED, cadence, DEFAULT_START)
  const sky = createObjects(SEED, shippedSkyTable().table, cadence, 800, DEFAULT_START)
  const found = new Map<string, LabelledObject>()
  for (let night = 300; night < NIGHTS && found.size < count; night += 50) {
    for (const object of sky.around(night)) {
      const snid = object.diaObjectId.toString()
      if (found.has(snid) || found.size === count || object.redshift === null || object.peakMjdTai === null || night - (object.peakMjdTai - DEFAULT_START) < 200) continue
      const points = photometry.history(object, night).forced.map(({ visit: { band, midpointMjdTai }, forcedFlux, fluxErr }) =>
        ({ band, midpointMjdTai, psfFlux: forcedFlux, psfFluxErr: fluxErr }))
      if (steppedPoints(points, bands).length <= FURTHEST) continue
      found.set(snid, { snid, points, noiseFree: null, host: UNKNOWN_HOST, type: object.class, isIa: object.class === 'Ia', redshift: object.redshift, peakMjd: object.peakMjdTai })
    }
  }
  return [...found.values()]
}

const tensorflow = await loadTensorflow()
const objects = longLightCurves(OBJECTS.training + OBJECTS.validation + OBJECTS.measured)
const [training, validation, measured] = [
  objects.slice(0, OBJECTS.training),
  objects.slice(OBJECTS.training, OBJECTS.training + OBJECTS.validation),
  objects.slice(OBJECTS.training + OBJECTS.validation)
]
console.log(`gradient of the last step's loss with respect to the input k steps back, relative to k = 0, ${measured.length} light curves of sky ${SEED}`)
console.log(`(2 layers of ${settings.width}; trained: ${settings.passes} passes over ${training.length} light curves; "cells" without the way through the running mean)`)
console.log(['cell'.padEnd(5), 'weights'.padEnd(8), 'way'.padEnd(8), ...COLUMNS.map(back => `k = ${back}`.padStart(8))].join(' '))
const reaches: Array<GradientReach & { weights: 'fresh' | 'trained' }> = []
for (const cell of CELL_NAMES) {
  const { features, layers, width, consensus, heads, headWidth } = settings
  const shape: NetworkShape = { cell, bands, features, layers, width, consensus, heads, headWidth, classes: null, decoder: null }
  const fresh = { shape, weights: initialWeights(weightSpecs(shape), seededRandom(settings.seed)) }
  const trained = await trainNetwork(training, validation, { ...settings, cell })
  for (const [weights, network] of Object.entries({ fresh, trained }) as Array<['fresh' | 'trained', typeof fresh]>) {
    const reach = gradientReach(tensorflow, network, measured, FURTHEST)!
    reaches.push({ ...reach, weights })
    for (const [way, values] of [['all', reach.network], ['cells', reach.recurrence]] as const) {
      console.log([cell.padEnd(5), weights.padEnd(8), way.padEnd(8), ...COLUMNS.map(back => values[back]!.toExponential(1).padStart(8))].join(' '))
    }
  }
  console.log(`${cell.padEnd(5)} ${multiplyAdds(shape).total} multiply-adds a step; validation loss after training ${trained.validationLoss.toFixed(3)}`)
}

for (const { cell, recurrence } of reaches.filter(({ weights }) => weights === 'trained')) {
  tell({ question: `gradient ${BACK} steps back through the cells of a trained ${cell}`, measured: `norm at k = ${BACK}`, reference: 'norm at k = 0', ratios: [recurrence[BACK]!] })
}

const file = process.argv[2]
if (file !== undefined) {
  const plot = await loadPlot()
  writeFileSync(file, await plot({ title: 'Reach of the gradient', alternative: 'Norm of the gradient against steps back, by cell', spec: specification() }))
}

function specification (): Record<string, unknown> {
  const values = reaches.flatMap(({ cell, weights, stepsBack, recurrence }) =>
    stepsBack.map((back, k) => ({ cell, weights: `${weights} weights`, back, norm: recurrence[k] })))
  return {
    background: 'white',
    data: { values },
    facet: { column: { field: 'weights', title: null } },
    spec: {
      width: 300,
      height: 220,
      mark: { type: 'line', clip: true },
      encoding: {
        x: { field: 'back', type: 'quantitative', title: 'steps back' },
        y: { field: 'norm', type: 'quantitative', scale: { type: 'log', domain: [1e-9, 2] }, title: 'norm of the gradient, relative', axis: { format: '.0e' } },
        color: { field: 'cell', type: 'nominal', title: 'cell' }
      }
    }
  }
}

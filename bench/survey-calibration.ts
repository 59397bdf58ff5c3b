/**
 * What a P(Ia) promises on a survey's stream: simulated objects as frequent as the survey is expected to have them,
 * at each of their alerts P(Ia) with the survey's class shares, and how many of the alerts are of Ia.
 * `npm run bench -- survey-calibration`, or
 * `node --import tsx bench/survey-calibration.ts [model, sky/1.1] [lsst or ztf, both] [objects of a class, 300] [folder of templates]`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadClassShares } from '../src/model/class-shares.ts'
import { loadNetwork } from '../src/model/load-engine.ts'
import { findModel, loadModel } from '../src/model/model-file.ts'
import type { SkyName } from '../src/simulator/passbands/surveys.ts'
import { calibrationNoise, expectedCalibrationError } from '../src/training/evaluation/metrics.ts'
import type { Told } from '../src/training/evaluation/playback.ts'
import { sharedData } from '../test/parts.ts'
import { tell } from './comparison.ts'
import { promises, promiseTable } from './survey/reliability.ts'
import { alertOutcomes, surveyStream, type AlertOutcome } from './survey/stream.ts'

const SEED = 20_261
const NOTHING: Told = { photoZ: 'unknown', context: 'unknown' }
const EVERYTHING: Told = { photoZ: 'known', context: 'known' }
const ABOVE = 0.9
/** Alerts that somebody who looks for Ia has a look at. */
const LOOKED_AT = 0.1

const [reference = 'sky/1.1', only, each = '300', folder = join(sharedData, 'sky')] = process.argv.slice(2)

function isThere (model: string): boolean {
  try {
    findModel(model)
    return true
  } catch {
    return false
  }
}

/** Alerts by class among those above a P(Ia), in per cent. */
function mixOf (outcomes: readonly AlertOutcome[]): string {
  const total = outcomes.reduce((sum, { weight = 1 }) => sum + weight, 0)
  const classes = new Map<string, number>()
  for (const { class: skyClass, weight = 1 } of outcomes) classes.set(skyClass, (classes.get(skyClass) ?? 0) + weight)
  return [...classes].sort((a, b) => b[1] - a[1]).map(([skyClass, weight]) => `${skyClass} ${(100 * weight / total).toFixed(1)}`).join(', ')
}

async function survey (sky: Extract<SkyName, 'lsst' | 'ztf'>): Promise<void> {
  const model = loadModel(reference)
  if (model.classes === null) throw new Error(`${reference} has no classes`)
  const { network } = await loadNetwork(model, 'auto', message => console.error(message))
  const shares = loadClassShares(sky, model)('')
  const stream = await surveyStream(sky, folder, SEED, Number(each), model.classes)
  for (const told of [NOTHING, EVERYTHING]) {
    const outcomes = alertOutcomes(stream, network, model, shares, told)
    console.log(`\n${sky}, ${reference}, redshift and context ${told.context}: ${outcomes.length} alerts of ${stream.length} objects`)
    console.log(promiseTable(promises(outcomes)))
    const chosen = outcomes.filter(({ probabilityIa }) => probabilityIa > ABOVE)
    if (chosen.length > 0) console.log(`classes of the alerts with P(Ia) > ${ABOVE} [%]: ${mixOf(chosen)}`)
    const ofIa = outcomes.filter(({ isIa }) => isIa)
    const weightOf = (all: readonly AlertOutcome[]): number => all.reduce((sum, { weight = 1 }) => sum + weight, 0)
    console.log(`alerts of Ia with P(Ia) > ${ABOVE}: ${(100 * weightOf(ofIa.filter(({ probabilityIa }) => probabilityIa > ABOVE)) / weightOf(ofIa)).toFixed(1)} %`)
    // most alerts are of what is plainly none: among all of them even a model that knows the shares alone is right
    for (const least of [0, LOOKED_AT]) {
      const among = outcomes.filter(({ probabilityIa }) => probabilityIa >= least)
      if (among.length === 0) continue
      tell({
        question: `P(Ia) on the stream of ${sky} with its class shares, redshift and context ${told.context}: expected calibration error of ${least === 0 ? 'all alerts' : `those with P(Ia) ≥ ${least}`}`,
        measured: `${among.length} alerts, by chance alone ${calibrationNoise(among)!.toFixed(4)}`,
        reference: 'share of Ia',
        ratios: [expectedCalibrationError(among)!],
        ...least === 0 && { aim: { atMost: 0.01 } }
      })
    }
  }
  network.dispose()
}

if (!existsSync(folder)) console.log(`survey-calibration is left out: ${folder}, the folder of templates, is not here`)
else if (!isThere(reference)) console.log(`survey-calibration is left out: there is no model ${reference}`)
else for (const sky of ['lsst', 'ztf'] as const) if (only === undefined || only === sky) await survey(sky)

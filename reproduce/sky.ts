/** What `npm run reproduce -- --only sky` trains: the model of the whole sky, in three legs, and what each of its parts is worth. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ABOUT_SKY } from './about-sky.ts'
import type { Run } from './runs.ts'

/** Light curves that are simulated for it: name of the folder, objects, seed. */
export const SKY_SETS = [
  { sky: 'lsst', objects: 26_000, seed: 102 },
  { sky: 'ztf', objects: 24_000, seed: 101 },
  { sky: 'generic', objects: 14_000, seed: 103 },
  { sky: 'des', objects: 8000, seed: 104 }
] as const

/** Shares of the classes in them, where they are not the simulator's: more of what is told apart worst. */
export const SKY_SHARES = new URL('sky-simulation.json', import.meta.url)

/** The open halves of real archives, and two small simulations of others. */
export const REAL_SETS = ['ztf-ia', 'ztf-bts', 'ztf-tde', 'ztf-slsn', 'ztf-variables', 's82-rrlyrae', 'ogle-dwarfnova', 'osc', 'plasticc', 'elasticc-ia'].map(name => `${name}.tar.xz`)

export const SPCC_SET = 'SIMGEN_PUBLIC_DES.tar.xz'

/** @param places of the simulated sets, SPCC and the real archives */
export function skyData ({ out, spcc, real }: { out: string, spcc: string, real: string }, without: readonly string[] = []): string[] {
  return [...SKY_SETS.map(({ sky }) => join(out, 'sky', sky)), spcc, ...REAL_SETS.map(name => join(real, name))].filter(path => !without.includes(basename(path)))
}

/** Real objects are few: they are seen more often, those of the rarer classes most, so that being real is no hint of being Ia. */
const repeat = (spcc: Record<string, number>): Record<string, Record<string, number>> => ({
  [SPCC_SET]: spcc,
  'ztf-ia.tar.xz': { Ia: 2, '*': 2 },
  'ztf-bts.tar.xz': { II: 3, Ibc: 6, SLSN: 5, TDE: 6, CV: 5, '*': 2 },
  'ztf-tde.tar.xz': { '*': 6 },
  'ztf-slsn.tar.xz': { '*': 5 },
  'ztf-variables.tar.xz': { '*': 4 },
  's82-rrlyrae.tar.xz': { '*': 4 },
  'ogle-dwarfnova.tar.xz': { '*': 1 },
  'osc.tar.xz': { '*': 3 },
  'plasticc.tar.xz': { '*': 3 },
  'elasticc-ia.tar.xz': { '*': 2 }
})

const augmentation = {
  hidePhotoZ: 0.55,
  hideExtinction: 0.3,
  redrawNoise: 0.5,
  noiseScatter: [0.7, 1.2],
  redrawPhotoZ: 0,
  reobserve: 0,
  dropPoints: 0.4,
  bandSubset: 0.06,
  detectionsOnly: 0.15,
  noiseShare: 0.15,
  noiseFactor: 1.08,
  cutStart: 0.3,
  cutEnd: 0.3,
  moveBrightness: 0.4,
  brightnessSpread: 0.3,
  hideContext: 0.5,
  hideFact: 0.3
}

const settings = {
  about: ABOUT_SKY,
  classes: JSON.parse(readFileSync(new URL('sky-classes.json', import.meta.url), 'utf8')) as unknown,
  outcome: 'classes',
  features: 2,
  bands: ['u', 'g', 'r', 'i', 'z', 'y'],
  consensus: 'both',
  heads: 4,
  headWidth: 32,
  trainingObjects: 77_000,
  validationObjects: 3000,
  sortedBatches: 24,
  auxiliaryWeight: 0.05,
  mostSteps: 130,
  augmentation
}

const first = { ...settings, passes: 16, validateEvery: 16, peakRate: 2.5e-3, warmUp: 0.1, repeat: repeat({ II: 0.5 }) }

/**
 * Three legs with their own one-cycle rates; each begins with the weights of the one before, the third with a decoder beside them.
 * The last pass of each is kept.
 */
export const SKY: readonly Run[] = [
  { name: 'sky-first', data: 'sky', about: 'the first leg', settings: first, oneSeed: true },
  { name: 'sky', model: 'sky/1.0', data: 'sky', about: 'the classes', settings: { ...settings, seed: 2, passes: 26, validateEvery: 26, peakRate: 1.8e-3, warmUp: 0.08, repeat: repeat({ II: 0.75, '*': 1.5 }) }, from: 'sky-first', oneSeed: true },
  {
    name: 'sky-decoder',
    model: 'sky/1.1',
    data: 'sky',
    about: 'the model with its decoder',
    settings: {
      ...settings, seed: 3, passes: 22, validateEvery: 22, peakRate: 1.5e-3, warmUp: 0.08, repeat: repeat({ II: 0.75, '*': 1.5 }), decoder: { width: 64, days: 30 }, forecastEpochs: 2
    },
    from: 'sky',
    oneSeed: true
  }
]

/** Short trainings from random weights, each without one thing: differences are worth more than numbers. */
const short = { ...first, passes: 2, validateEvery: 2, about: {} }
const objects = (trainingObjects: number): object => ({ trainingObjects, validationObjects: 3000 })
export const SKY_PARTS: readonly Run[] = [
  { name: 'sky-short', data: 'sky', about: 'everything', settings: short },
  { name: 'sky-short-features-1', data: 'sky', about: 'features of version 1', settings: { ...short, features: 1 }, oneSeed: true },
  { name: 'sky-short-no-context', data: 'sky', about: 'no context', settings: { ...short, augmentation: { ...augmentation, hideContext: 1 } }, oneSeed: true },
  { name: 'sky-short-mean', data: 'sky', about: 'running mean alone', settings: { ...short, consensus: 'mean' }, oneSeed: true },
  { name: 'sky-short-attention', data: 'sky', about: 'attention alone', settings: { ...short, consensus: 'attention' }, oneSeed: true },
  { name: 'sky-short-no-spcc', data: 'sky', about: 'without SPCC', settings: { ...short, ...objects(63_000) }, without: [SPCC_SET], oneSeed: true },
  { name: 'sky-short-no-generic', data: 'sky', about: 'without the generic survey', settings: { ...short, ...objects(65_000) }, without: ['generic'], oneSeed: true },
  { name: 'sky-short-no-real', data: 'sky', about: 'without real light curves', settings: { ...short, ...objects(75_000) }, without: REAL_SETS, oneSeed: true }
]

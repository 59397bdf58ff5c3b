/** What `npm run reproduce` trains: one entry a row of its tables. */

import { ABOUT } from './about.ts'
import { SKY, SKY_PARTS } from './sky.ts'

export interface Run {
  /** The models are <name>-seed<n>/1.0, or `model`. */
  name: string
  /** name/version */
  model?: string
  about: string
  /** What it is trained on: SPCC, SPCC with the rest of its spectroscopic sample, or the simulated sky with SPCC and real archives. */
  data?: 'sky' | 'spectroscopic'
  /** Names of sets of that data that are left out. */
  without?: readonly string[]
  /** Name of the run whose weights it begins with. */
  from?: string
  /** Settings that differ from the defaults. */
  settings: Readonly<Record<string, unknown>>
  architecture?: 'charnock-moss-2017'
  /** Rows that show a trend have one seed. */
  oneSeed?: true
}

/** The test objects of every run: no run is trained on them and no choice was made on them. */
const testObjects = 6492
const few = { trainingObjects: 1103, validationObjects: 110, passes: 400, validateEvery: 10, dropout: 0.2 }
const small = { ...few, testObjects }

/** Only what light curves without their noise-free fluxes allow: no new noise, photo-z, times, depths or redshifts. */
const asObserved = { redrawNoise: 0, redrawPhotoZ: 0, reobserve: 0 }
/** Neither moved in redshift or depth nor without bands: as close to the simulation as augmentation can be. */
const asSimulated = { redshiftSpread: 0, depthSpread: 0, dropBands: 0 }

export const CARRIED: readonly Run[] = [
  { name: 'spcc-10660', about: '10,660 training objects', settings: { testObjects, about: ABOUT } },
  { name: 'spcc-1103', about: '1,103 training objects', settings: small }
]

/** The former model of the service: every object, so that nothing is left to measure it on. */
export const SHIPPED: Run = { name: 'spcc', model: 'spcc/1.2', about: 'all 17,152 objects', settings: { trainingObjects: 17_152, about: ABOUT }, oneSeed: true }

/**
 * What the network of the whole sky has that theirs has not: classes, features of version 2, attention, several heads.
 * A pass takes half a minute of one core, four times theirs: a third of their passes.
 */
export const WITH_CLASSES: Run = {
  name: 'classes-10660',
  about: '10,660 training objects, three classes',
  settings: {
    testObjects,
    outcome: 'classes',
    classes: { classes: { Ia: ['Ia'], Ibc: ['Ib', 'Ic', 'Ibc'], II: ['II', 'IIP', 'IIL', 'IIn'] }, positive: ['Ia'], ids: { Ia: 2222, Ibc: 2223, II: 2224 } },
    features: 2,
    consensus: 'both',
    heads: 4,
    passes: 50,
    // The table is measured with the number of earlier detections known where photo-z is, and unknown where it is not.
    augmentation: { hideContext: 0.5 }
  },
  oneSeed: true
}

/**
 * Trained on the challenge's own spectroscopic sample and measured on all others: its objects are brighter and nearer.
 * In the second, more of them are moved in redshift and depth, and farther.
 */
const spectroscopic = { ...few, trainingSample: 'spectroscopic' }
export const SPECTROSCOPIC: readonly Run[] = [
  { name: 'spectroscopic-1103', data: 'spectroscopic', about: 'settings of the row of 1,103', settings: spectroscopic },
  { name: 'spectroscopic-1103-moved', data: 'spectroscopic', about: 'moved farther in redshift and depth', settings: { ...spectroscopic, augmentation: { reobserve: 0.8, redshiftSpread: 0.1, depthSpread: 0.4 } }, oneSeed: true }
]

const reference = { architecture: 'charnock-moss-2017' } as const
export const REFERENCE: readonly Run[] = [
  { ...reference, name: 'charnock-moss-10660', about: '10,660, photo-z known', settings: { testObjects } },
  { ...reference, name: 'charnock-moss-10660-no-z', about: '10,660, photo-z unknown', settings: { testObjects, photoZ: 'unknown' } },
  { ...reference, name: 'charnock-moss-10660-bidirectional', about: '10,660, photo-z known, bidirectional', settings: { testObjects, bidirectional: true }, oneSeed: true },
  { ...reference, name: 'charnock-moss-1103', about: '1,103, photo-z known', settings: { trainingObjects: 1103, validationObjects: 110, testObjects } },
  { ...reference, name: 'charnock-moss-1103-no-z', about: '1,103, photo-z unknown', settings: { trainingObjects: 1103, validationObjects: 110, testObjects, photoZ: 'unknown' } }
]

export const CELLS: readonly Run[] = (['gru', 'rnn'] as const).map(cell => ({ name: `${cell}-1103`, about: cell, settings: { ...small, cell }, oneSeed: true }))

export const SIZES: readonly Run[] = [16, 32].map(width => ({ name: `width-${width}`, about: `width ${width}`, settings: { testObjects, width, headWidth: width }, oneSeed: true }))

/** What the noise-free light curves of the simulation are worth in training. */
export const OBSERVED: readonly Run[] = [
  { name: 'as-observed-10660', about: '10,660 training objects, observed light curves alone', settings: { testObjects, augmentation: asObserved }, oneSeed: true },
  { name: 'as-observed-1103', about: '1,103 training objects, observed light curves alone', settings: { ...small, augmentation: asObserved }, oneSeed: true }
]

/** Trained without the augmentation that makes the shipped model ready for other skies. */
export const PLAIN: Run = { name: 'as-simulated-10660', about: 'trained on the simulation\'s own sky alone', settings: { testObjects, augmentation: asSimulated }, oneSeed: true }

/** What matters most comes first. */
export const RUNS: readonly Run[] = [CARRIED[0]!, SHIPPED, PLAIN, ...CARRIED.slice(1), ...SPECTROSCOPIC, WITH_CLASSES, ...REFERENCE, ...SIZES, ...CELLS, ...OBSERVED, ...SKY, ...SKY_PARTS]

export const seedsOf = ({ oneSeed }: Run, seeds: number): number[] => oneSeed ? [1] : Array.from({ length: seeds }, (_, k) => k + 1)

/** name/version of the model of a run. */
export const modelOf = ({ name, model }: Run, seed: number): string => model ?? `${name}-seed${seed}/1.0`

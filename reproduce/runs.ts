/** What `npm run reproduce` trains: one entry a row of the table, each with as many seeds as asked for. */

export interface Run {
  /** Name of the models: <name>-seed<n>/1.0. */
  name: string
  about: string
  /** Training settings that differ from the defaults of `candela train`. */
  settings: Record<string, unknown>
  /** Flags of `candela train` beside them. */
  flags: readonly string[]
  /** Rows that show a trend rather than a result are trained with one seed. */
  oneSeed?: true
}

/** The same 6,492 test objects for every run: those that no run is trained on and no choice was made on. */
const TEST_OBJECTS = 6492
const SMALL = { trainingObjects: 1103, validationObjects: 110, testObjects: TEST_OBJECTS, passes: 400, dropout: 0.2, validateEvery: 10 }
const PLAIN_SKY = { redrawNoise: 1, redrawPhotoZ: 0.5, reobserve: 0.5, redshiftSpread: 0, depthSpread: 0, dropBands: 0.05 }
/** Only what data without their noise-free light curves allow. */
const NO_TRUTH = { redrawNoise: 0, redrawPhotoZ: 0, reobserve: 0 }

export const RUNS: readonly Run[] = [
  { name: 'spcc-10660', about: '10,660 training objects', settings: {}, flags: [] },
  { name: 'spcc-1103', about: '1,103 training objects', settings: SMALL, flags: [] }
]
void PLAIN_SKY
void NO_TRUTH

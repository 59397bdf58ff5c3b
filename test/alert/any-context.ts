/** Contexts as dialects make them, of any content. */
import fc from 'fast-check'
import { REDSHIFT_KINDS, SCORE_NAMES, type AlertContext } from '../../src/alert/context/context.ts'
import { contextOf } from '../../src/alert/context/known-context.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value)

/** A redshift that a dialect may find, plausible or not. */
export const anyRedshift = fc.record({
  redshift: fc.oneof(fc.double({ min: 0.001, max: 2, noNaN: true }), fc.constantFrom(-99, -9, 0, 12, Number.NaN)),
  redshiftErr: maybe(fc.oneof(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.constantFrom(-1, 0, Number.NaN))),
  kind: fc.constantFrom(...REDSHIFT_KINDS),
  catalogue: fc.constantFrom('NED', 'Sherlock', 'Legacy Surveys DR8', 'TNS')
})

/** What the packet says, fillers and all; undefined where nothing of it can be used. */
export const anyContext: fc.Arbitrary<AlertContext | undefined> = fc.record({
  realBogus: maybe(fc.record({ score: fc.oneof(share, fc.constantFrom(-999, Number.NaN)), name: fc.constantFrom(...SCORE_NAMES) })),
  templateFlux: maybe(number),
  extendedness: maybe(share),
  isDipole: maybe(fc.boolean()),
  nearest: maybe(fc.record({ catalogue: text, starScore: maybe(share), separation: maybe(positive) })),
  classes: maybe(fc.array(fc.record({ catalogue: text, class: text }), { maxLength: 20 })),
  detections: maybe(fc.maxSafeNat()),
  firstDetectionMjdTai: maybe(fc.double({ min: 50_000, max: 70_000, noNaN: true })),
  hostRedshifts: maybe(fc.array(anyRedshift, { maxLength: 5 })),
  matches: maybe(fc.array(fc.record({ survey: text, diaObjectId: text }), { maxLength: 3 }))
}).map(contextOf)

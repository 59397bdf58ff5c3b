/** Alerts with outcomes for the tests of outputs; ids are beyond 2^53. */
import type { AlertOutcome } from '../../../src/state/outcome.ts'
import type { OutputSettings, PublishedAlert } from '../../../src/stream/outputs/outputs.ts'

export const settings: OutputSettings = { brokerName: 'Candela', brokerVersion: '0.1.0', model: { name: 'spcc', version: '1.2' }, lasair: { topic: 'candela' } }

/** 2^63 − 1 and 2^53 + 1: neither survives being a number. */
export const OBJECT = '9223372036854775807'
export const SOURCE = '9007199254740993'

const standing = {
  diaObjectId: OBJECT,
  probabilityIa: 0.8312345,
  epochs: 17,
  midpointMjdTai: 61103.25,
  revision: 2,
  classifierName: 'spcc',
  classifierVersion: '1.2',
  publishedAt: '2026-03-05T04:05:06.789Z'
}

const ids = { diaObjectId: OBJECT, diaSourceId: SOURCE, midpointMjdTai: 61103.25 }

const alert = <Of extends AlertOutcome>(outcome: Of): PublishedAlert & { outcome: Of } => ({
  outcome,
  standing,
  firstDetectionMjdTai: 61090.125,
  position: { ra: 53.125, dec: -27.75 },
  origin: 'lsst-alerts/3/42',
  surveyPublishedAt: Date.parse('2026-03-05T04:05:00.000Z'),
  ingestedAt: Date.parse('2026-03-05T04:05:01.250Z'),
  processedAt: Date.parse('2026-03-05T04:05:06.789Z'),
  packet: null
})

export const classified = alert({ ...ids, outcome: 'classified', probabilityIa: 0.8312345, epochs: 17, revision: 2 })
export const duplicate = alert({ ...ids, outcome: 'duplicate' })
export const duplicateOfNothing: PublishedAlert = { ...duplicate, standing: null }
export const declined = alert({ ...ids, outcome: 'declined', reason: 'band-not-used' })
export const ofNoObject: PublishedAlert = { ...alert({ ...ids, diaObjectId: null, outcome: 'declined', reason: 'no-object-id' }), standing: null }
/** Refused, though it could be read. */
export const refused: PublishedAlert = { ...alert({ ...ids, outcome: 'dead-lettered', reason: 'alert-too-large', message: 'too large' }), standing: null }
export const unreadable: PublishedAlert = {
  ...alert({ diaObjectId: null, diaSourceId: null, midpointMjdTai: null, outcome: 'dead-lettered', reason: 'alert-truncated', message: 'ends too early' }), standing: null, position: null
}

/** Settings of a model with classes; two of them are one in the taxonomy, as nothing there tells them apart. */
export const settingsOfClasses: OutputSettings = {
  ...settings,
  model: {
    name: 'sky',
    version: '1.0',
    classes: [
      { name: 'Ia', id: 2222, positive: true }, { name: 'Ia-peculiar', id: 2223, positive: false }, { name: 'AGN', id: 2332, positive: false },
      { name: 'EB', id: 2323, positive: false }, { name: 'artefact', id: 2323, positive: false }
    ]
  }
}

/** By a model with classes. */
export const ofClasses = alert({ ...ids, outcome: 'classified', probabilityIa: 0.8312345, epochs: 17, revision: 2 })
ofClasses.standing = {
  ...standing,
  classifierName: 'sky',
  classifierVersion: '1.0',
  probabilityIaErr: 0.0421,
  classProbabilities: { Ia: 0.8312, 'Ia-peculiar': 0.1, AGN: 0.06, EB: 0.0088, artefact: 0 },
  classShares: 'lsst'
}

/** By a model with a decoder. */
export const ofPhase = { ...ofClasses, standing: { ...ofClasses.standing, classifierVersion: '1.1', phase: -3.2, phaseLow: -5.1, phaseHigh: 0.4 } }

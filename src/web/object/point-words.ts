/** A point of a light curve in words. */
import type { PhotometricPoint } from '../api.ts'
import { passedOver } from '../reasons.ts'
import { percent, probability, utcOfMjdTai } from '../words.ts'

const FLUX = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 })
const ERROR = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** @returns a flux with its error [nJy] */
export const flux = ({ psfFlux, psfFluxErr }: PhotometricPoint): string => `${FLUX.format(psfFlux)} ± ${ERROR.format(psfFluxErr)}`

/** What came of the point: P(Ia) after it, or why there is none. */
export const afterPoint = ({ epoch, probabilityIa, probabilityIaErr, weight, reason }: PhotometricPoint): string => probabilityIa === null
  ? `passed over: ${reason == null ? 'no epoch' : passedOver(reason)}`
  : `epoch ${epoch}, then P(Ia) = ${probability(probabilityIa)}${typeof probabilityIaErr === 'number' ? ` ± ${probability(probabilityIaErr)}` : ''}${typeof weight === 'number' ? `; ${percent(weight)} of the present decision` : ''}`

export const describePoint = (point: PhotometricPoint): string =>
  `MJD ${point.midpointMjdTai.toFixed(4)} (${utcOfMjdTai(point.midpointMjdTai)} UTC) · ${point.band} · ${flux(point)} nJy · ${point.kind === 'detection' ? 'detection' : 'forced photometry'} · ${afterPoint(point)}`

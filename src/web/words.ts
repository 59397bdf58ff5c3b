/** How numbers and times are written on the pages. */

const WHOLE = new Intl.NumberFormat('en')

export const whole = (count: number): string => WHOLE.format(count)

export const probability = (probabilityIa: number): string => probabilityIa.toFixed(3)

/** A share of a whole. */
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`

/** A change of a probability; one that is nothing when rounded has no sign. */
export function signed (change: number): string {
  const size = Math.abs(change).toFixed(3)
  return Number(size) === 0 ? size : `${change < 0 ? '−' : '+'}${size}`
}

/** Whole days with their sign; nothing has none. */
export function signedDays (days: number): string {
  const whole = Math.round(days)
  return whole === 0 ? '0' : `${whole < 0 ? '−' : '+'}${Math.abs(whole)}`
}

/** @param time ISO 8601, UTC */
export const utc = (time: string): string => time.slice(0, 19).replace('T', ' ')

/** TAI runs ahead of UTC by so much since 2017 [ms]. */
const TAI_AHEAD = 37_000
const MJD_OF_1970 = 40_587

const MINUTE = 60_000

/** @returns date and time to the nearest minute, UTC */
export const utcOfMjdTai = (mjd: number): string =>
  new Date(Math.round(((mjd - MJD_OF_1970) * 86_400_000 - TAI_AHEAD) / MINUTE) * MINUTE).toISOString().slice(0, 16).replace('T', ' ')

/** Seconds with a unit that fits. */
export function seconds (value: number | null): string {
  if (value === null) return '–'
  if (value < 1) return `${Number((value * 1000).toPrecision(3))} ms`
  if (value < 120) return `${Number(value.toPrecision(3))} s`
  return `${Number((value / 60).toPrecision(3))} min`
}

/** @param turn where counting starts anew */
function parts (value: number, decimals: number, turn: number): string {
  const unit = 10 ** decimals
  const whole = Math.round(value * 3600 * unit) % (turn * 3600 * unit)
  const [large, minutes, rest] = [Math.floor(whole / (3600 * unit)), Math.floor(whole / (60 * unit)) % 60, whole % (60 * unit) / unit]
  return `${String(large).padStart(2, '0')} ${String(minutes).padStart(2, '0')} ${rest.toFixed(decimals).padStart(decimals + 3, '0')}`
}

/** @param ra @param dec [deg, ICRS] @returns hours, minutes, seconds and degrees, minutes, seconds of arc */
export const sexagesimal = (ra: number, dec: number): string => `${parts(ra / 15, 2, 24)} ${dec < 0 ? '−' : '+'}${parts(Math.abs(dec), 1, 360)}`

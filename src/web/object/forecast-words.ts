/** A forecast in words and as a table, for readers who do not see the plot. */
import type { Forecast, ForecastFlux, ForecastPeak, Phase } from '../api.ts'
import { element } from '../elements.ts'
import { signedDays, utcOfMjdTai } from '../words.ts'

const FLUX = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

/** Such as "3 d before the peak (−5 to −1)". */
export function phaseInWords ({ phase, phaseLow, phaseHigh }: Phase): string {
  const whole = Math.round(phase)
  return `${whole === 0 ? 'at the peak' : `${Math.abs(whole)} d ${whole < 0 ? 'before' : 'after'} the peak`} (${signedDays(phaseLow)} to ${signedDays(phaseHigh)})`
}

const magnitude = ({ magnitude, magnitudeLow, magnitudeHigh }: ForecastFlux): string =>
  magnitude === null ? 'no positive flux' : `${magnitude.toFixed(2)} mag (${magnitudeLow?.toFixed(2) ?? '–'} to ${magnitudeHigh?.toFixed(2) ?? 'none'})`

const flux = ({ psfFlux, psfFluxLow, psfFluxHigh }: ForecastFlux): string => `${FLUX.format(psfFlux)} (${FLUX.format(psfFluxLow)} to ${FLUX.format(psfFluxHigh)})`

const peak = (one: ForecastPeak): string =>
  `${one.band} ${utcOfMjdTai(one.midpointMjdTai).slice(0, 10)}, ${signedDays(one.day)} d (${signedDays(one.dayLow)} to ${signedDays(one.dayHigh)}), ${magnitude(one)}`

/** What it stands on, whether it still says anything of today, and the peaks. */
export function forecastInWords ({ midpointMjdTai, lastSeenDaysAgo, isPast, phase, forecast, peaks }: Forecast): string {
  const last = forecast.at(-1)?.day ?? 0
  const seen = lastSeenDaysAgo === 0 ? '' : `, ${lastSeenDaysAgo} ${lastSeenDaysAgo === 1 ? 'day' : 'days'} ago`
  return `Forecast of ${last} days from the newest epoch, ${utcOfMjdTai(midpointMjdTai)} UTC${seen}${isPast ? ': all of it lies in the past' : ''}.${phase === null ? '' : ` Peak, in days from then: ${peaks.map(peak).join('; ')}.`}`
}

/** Day by day, in each the bands. */
export const forecastRows = ({ forecast }: Forecast): HTMLTableRowElement[] => forecast.map(row => element('tr', {},
  element('td', { class: 'number' }, signedDays(row.day)),
  element('td', {}, utcOfMjdTai(row.midpointMjdTai)),
  element('td', {}, row.band),
  element('td', { class: 'number' }, flux(row)),
  element('td', { class: 'number' }, magnitude(row))
))

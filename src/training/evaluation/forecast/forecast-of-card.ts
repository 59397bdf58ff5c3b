/** What card.json says of the forecasts of a model. */
import type { Told } from '../playback.ts'
import type { ForecastEvaluation } from './evaluate-forecast.ts'
import { METHODS } from './comparisons.ts'
import type { Errors, ForecastLine } from './figures.ts'

export interface MeasuredForecast {
  /** As `test`. */
  part: string
  told: Told
  evaluation: ForecastEvaluation
}

/** Infinity, which JSON has not, becomes null as well. */
const round = (value: number | null, digits: number): number | null => value === null || !Number.isFinite(value) ? null : Number(value.toFixed(digits))

const errorsOf = ({ sigma, magnitudes, asinh }: Errors): Array<number | null> => [round(sigma, 2), round(magnitudes, 3), round(asinh, 3)]

/** All phases together; what has no peak is `all` of its own. */
const isTogether = ({ from }: Pick<ForecastLine, 'from'>): boolean => from === 'all' || from === null

/** `forecast` of a card: a line for each class and horizon, and for each class and phase of the peak. */
export function forecastOfCard ({ part, told, evaluation: { objects, forecasts, fits, lines, peaks } }: MeasuredForecast): object {
  return {
    forecast: {
      part,
      photoZ: told.photoZ,
      context: told.context,
      objects,
      forecasts,
      fits,
      horizons: lines.filter(isTogether).map(({ truth, group, horizon, objects, points, errors, within68, within95 }) => ({
        truth, group, days: horizon, objects, points, ...Object.fromEntries(METHODS.map(method => [method, errorsOf(errors[method])])), coverage: [round(within68, 3), round(within95, 3)]
      })),
      peaks: peaks.filter(({ of }) => of === 'phase' || of === 'bands').map(({ truth, group, of, from, peaks, days68, within2Days, within68, within95, magnitudes, bazin }) => ({
        truth, group, of, from, peaks, days68: round(days68, 2), within2Days: round(within2Days, 3), coverage: [round(within68, 3), round(within95, 3)], magnitudes: round(magnitudes, 3), bazinDays68: round(bazin.days68, 2)
      })),
      units: 'forecast, carried (the last flux carried forward) and bazin (Bazin\'s function fitted to the points so far): median error in photometric errors of the later point, median error in mag, mean error in asinh(flux/10 FLUXCAL); coverage: share within the intervals of 68.3 and 95 %; peaks: from so many days from the peak, of the object (phase) or of all bands, days68 = half-width that holds 68.3 % of the errors [d], within2Days = share within 2 d, magnitudes = median error; null = not defined, or no positive flux'
    }
  }
}

/** What a forecast is asked for and answered with, of objects that are kept and of light curves in hand. */
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'
import { mjdTaiOfUnix, utcOfMjdTai } from '../../alert/time.ts'
import { withoutDecoder } from '../../model/forecast/forecast.ts'
import type { Forecast, ForecastAsked, Forecasts } from '../../state/processor/forecasts.ts'
import { wrongParameters } from '../problems/problems.ts'
import { integerBetween } from '../schemas.ts'
import { field } from '../table/columns.ts'
import { commaSeparated } from '../table/lists.ts'

/** Most days that a model file may name. */
const MOST_DAYS = 100
const bandsExpected = `some of ${BANDS.join(', ')}, with a comma between them`

export const forecastParameters = {
  days: integerBetween(0, MOST_DAYS, 'a whole number of days, 0 or more').optional()
    .describe('Last day of the forecast, counted from the newest epoch; as many as the decoder of the model learned where not given, and never more').meta({ example: 14 }),
  step: integerBetween(1, MOST_DAYS, 'a whole number of days, 1 or more').optional()
    .describe('Whole days from one row to the next; 1 where not given').meta({ example: 1 }),
  bands: z.preprocess(commaSeparated, z.array(z.enum(BANDS, { error: bandsExpected })).min(1)).optional()
    .describe('Bands of the model, with a comma between them, or the parameter repeated; all of them where not given')
}

type Given = { [Name in keyof typeof forecastParameters]?: z.output<typeof forecastParameters[Name]> | undefined }

/**
 * What is asked for, within what the model learned.
 * @throws CandelaError `model-without-decoder`, `invalid-parameter`
 */
export function askedOf ({ horizon }: Pick<Forecasts, 'horizon'>, { days, step = 1, bands }: Given): ForecastAsked {
  if (horizon === null) throw withoutDecoder()
  const errors = [
    ...days !== undefined && days > horizon.days ? [{ parameter: 'days', value: days, expected: `a whole number from 0 to ${horizon.days}, the days that the model learned to forecast` }] : [],
    ...bands?.some(band => !horizon.bands.includes(band)) ? [{ parameter: 'bands', value: bands.join(','), expected: `some of ${horizon.bands.join(', ')}, the bands of the model` }] : []
  ]
  if (errors.length > 0) throw wrongParameters(errors)
  return { days: days ?? horizon.days, step, bands: bands ?? horizon.bands }
}

const day = { unit: 'd', ucd: 'time.interval' } as const
const mjd = { unit: 'd', ucd: 'time.epoch', system: 'TAI' } as const
const flux = { unit: 'nJy', ucd: 'phot.flux.density' } as const
const brightness = { unit: 'mag', ucd: 'phot.mag' } as const

const band = z.enum(BANDS).meta(field('LSST\'s band', { ucd: 'meta.id;instr.bandpass' }))

const fluxFields = {
  psfFlux: z.number().meta(field('Flux, median [nJy, AB]', flux)),
  psfFluxLow: z.number().meta(field('16 % of the flux [nJy]: below it in one case of six', { ...flux, ucd: 'phot.flux.density;stat.min' })),
  psfFluxHigh: z.number().meta(field('84 % of the flux [nJy]', { ...flux, ucd: 'phot.flux.density;stat.max' })),
  magnitude: z.number().nullable().meta(field('AB magnitude, median; null where the flux is not positive', brightness)),
  magnitudeLow: z.number().nullable().meta(field('16 % of the magnitude, its brighter end: that of psfFluxHigh', { ...brightness, ucd: 'phot.mag;stat.min' })),
  magnitudeHigh: z.number().nullable().meta(field('84 % of the magnitude, its fainter end: that of psfFluxLow; null where that is not positive', { ...brightness, ucd: 'phot.mag;stat.max' }))
}

/** The flux in a band on a day to come. */
export const forecastDaySchema = z.object({
  day: z.int().min(0).meta(field('Days from the newest epoch', day)),
  midpointMjdTai: z.number().meta(field('The time of that [d, MJD TAI]', mjd)),
  band,
  ...fluxFields
})

const peakSchema = z.object({
  band,
  day: z.number().meta(field('Time of the maximum, in days from the newest epoch, median; negative where it is past', day)),
  dayLow: z.number().meta(field('16 % of it', day)),
  dayHigh: z.number().meta(field('84 % of it', day)),
  midpointMjdTai: z.number().meta(field('The median of the time [d, MJD TAI]', mjd)),
  midpointMjdTaiLow: z.number().meta(field('16 % of it', mjd)),
  midpointMjdTaiHigh: z.number().meta(field('84 % of it', mjd)),
  ...fluxFields
})

/** All of a forecast but its rows. */
export const forecastFacts = {
  asOf: z.iso.datetime().describe('Time of the newest epoch that the forecast stands on, ISO 8601, UTC'),
  midpointMjdTai: z.number().describe('The same time [d, MJD TAI]: days count from it'),
  lastSeenDaysAgo: z.int().min(0).describe('Whole days from the newest epoch to now; 0 also where that epoch lies in the future, as in a simulation'),
  isPast: z.boolean().describe('Whether the last day of the forecast lies in the past: nothing is said of today'),
  phase: z.number().nullable().describe('Days from the peak at the time of the newest epoch, negative before it, median; null where the object more likely varies than has one peak'),
  phaseLow: z.number().nullable().describe('16 % of it'),
  phaseHigh: z.number().nullable().describe('84 % of it'),
  peaks: z.array(peakSchema).describe('The maximum in each band, past or to come')
}

/** @param now [ms since 1970, UTC] */
export function answeredForecast ({ midpointMjdTai, phase, forecast, peaks }: Forecast, { days, step }: ForecastAsked, now = Date.now()): { [Name in keyof typeof forecastFacts]: z.output<typeof forecastFacts[Name]> } & { forecast: z.output<typeof forecastDaySchema>[] } {
  const ago = mjdTaiOfUnix(now) - midpointMjdTai
  return {
    asOf: utcOfMjdTai(midpointMjdTai),
    midpointMjdTai,
    lastSeenDaysAgo: Math.max(0, Math.floor(ago)),
    isPast: ago > days - days % step,
    phase: phase && phase.phase,
    phaseLow: phase && phase.phaseLow,
    phaseHigh: phase && phase.phaseHigh,
    forecast: forecast.map(row => ({ ...row })),
    peaks: peaks.map(peak => ({ ...peak }))
  }
}

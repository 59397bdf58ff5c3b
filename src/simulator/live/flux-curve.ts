/** The difference flux of a light curve of the table, at any time. */
import { BANDS, type Band } from '../../alert/alert.ts'
import { fluxAt } from '../spectra/spectral-series.ts'
import type { TableEntry } from './sky-table.ts'

/** The difference flux in a band [nJy] at a time [d, MJD TAI]. */
export type FluxCurve = (band: Band, midpointMjdTai: number) => number

/** A time within the table: a source that goes on is played forwards and backwards, so that it has no jump. */
function reflected (time: number, first: number, last: number): number {
  const length = last - first
  const place = ((time - first) % (2 * length) + 2 * length) % (2 * length)
  return first + (place > length ? 2 * length - place : place)
}

/** A star's outburst that is over within a night. */
export const isFlare = ({ isPersistent, period, times }: TableEntry): boolean => isPersistent && period === null && times.at(-1)! - times[0]! < 1

/** A source that varies for as long as anybody looks. */
export const staysOn = (entry: TableEntry): boolean => entry.isPersistent && !isFlare(entry)

/**
 * @param anchor the time that the entry's times count from [d, MJD TAI]
 * @param scale of the flux
 */
export function curveOf (entry: TableEntry, anchor: number, scale: number): FluxCurve {
  const { times, flux, period } = entry
  const [first, last] = [times[0]!, times.at(-1)!]
  const within = period !== null
    ? (time: number) => ((time % period) + period) % period
    : staysOn(entry) ? (time: number) => reflected(time, first, last) : (time: number) => time
  return (band, midpointMjdTai) => {
    const time = within(midpointMjdTai - anchor)
    // what has ended is not there: a transient's table reaches to where it is too faint for any visit
    return time > last ? 0 : scale * fluxAt(times, flux[BANDS.indexOf(band)]!, time)
  }
}

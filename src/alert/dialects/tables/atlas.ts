/**
 * Light curves of ATLAS's forced photometry server (fallingstar-data.com/forcedphot): `###MJD m dm uJy duJy F err …`,
 * between blanks, or with commas. MJD is the start of an exposure of 30 s, taken to be UTC: the server does not say it.
 * A negative magnitude stands for a negative flux, and is not read. ATLAS's filters c and o span g + r and r + i: they
 * are no bands of LSST, and their points are left out by name.
 */
import type { Alert, ReadAs } from '../../alert.ts'
import type { TableDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { SECONDS_PER_DAY, taiMinusUtc } from '../../time.ts'
import { turns } from '../../turns.ts'
import { givenObject, LightCurves, positionOf } from '../../table/light-curves.ts'
import { numberOf, type Table, type TableColumn } from '../../table/table.ts'

const EXPOSURE = 30
const NJY_PER_UJY = 1000
const NEEDED = ['MJD', 'uJy', 'duJy', 'F', 'err'] as const

const READ_AS: ReadAs = { dialect: 'atlas', fluxUnit: 'µJy' }

function matches (columns: readonly TableColumn[]): boolean {
  const names = new Set(columns.map(({ name }) => name))
  return NEEDED.every(name => names.has(name))
}

async function alerts (table: Table, given: Given): Promise<readonly Alert[]> {
  const object = givenObject(given)
  const names = table.columns.map(({ name }) => name)
  const [time, flux, error, filter, quality] = NEEDED.map(name => names.indexOf(name)) as [number, number, number, number, number]
  const [ra, dec] = [names.indexOf('RA'), names.indexOf('Dec')]
  const curves = new LightCurves(given)
  const turn = turns()
  for (const row of table.rows) {
    const value = (index: number): number | null => numberOf(row[index])
    const scaled = (index: number): number | null => value(index) === null ? null : value(index)! * NJY_PER_UJY
    const mjd = value(time)
    curves.add(object, {
      diaSourceId: null,
      midpointMjdTai: mjd === null ? null : mjd + (taiMinusUtc(mjd) + EXPOSURE / 2) / SECONDS_PER_DAY,
      band: row[filter] === '' ? null : `atlas${row[filter]}`,
      psfFlux: scaled(flux),
      psfFluxErr: scaled(error),
      visit: null,
      timeProcessedMjdTai: null,
      timeWithdrawnMjdTai: null,
      flagged: value(quality) !== 0
    }, 'forced', positionOf(value(ra), value(dec)))
    const pause = turn()
    if (pause) await pause
  }
  return curves.alerts(READ_AS)
}

export const atlas: TableDialect = { name: 'atlas', matches, alerts }

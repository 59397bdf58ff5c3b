/**
 * Light curves of ZTF's forced photometry service (batchfp), as its guide describes them (Masci et al. 2023,
 * arXiv 2305.16279): one row an exposure and readout quadrant, counts in the difference image with the zero point of
 * each, -99999 and null where there is no value.
 *
 * The baseline is not subtracted. Each field, readout quadrant and filter has a reference image of its own, and a
 * transient that is in it leaves an offset in all of its fluxes. The guide takes the median of at least some thirty
 * exposures that are known to be without the transient. Which ones are, the file does not say; whoever knows it
 * subtracts the median before.
 */
import { nJyOfMagnitude, type Alert, type ReadAs } from '../../alert.ts'
import type { TableDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { JD_OF_MJD_ZERO, SECONDS_PER_DAY, TAI_MINUS_UTC } from '../../time.ts'
import { BAD_PIXELS } from '../ztf-magnitudes.ts'
import { turns } from '../../turns.ts'
import { givenObject, LightCurves, NOWHERE, positionOf, type Position } from '../../table/light-curves.ts'
import { numberOf, type Table, type TableColumn } from '../../table/table.ts'

/** infobitssci from here on: the calibration of the science image failed (guide, section 6.1). */
const UNCALIBRATED = 2 ** 25
/** Seeing above [arcsec], noise of a pixel above [DN] (guide, section 6.1). */
const MOST_SEEING = 4
const MOST_NOISE = 25
const SENTINEL = -99999

const NEEDED = ['jd', 'filter', 'forcediffimflux', 'forcediffimfluxunc', 'zpdiff'] as const
const FURTHER = ['exptime', 'pid', 'infobitssci', 'sciinpseeing', 'scisigpix', 'procstatus'] as const

const READ_AS: ReadAs = { dialect: 'ztf-forced', fluxUnit: 'counts, zero point of each row' }

const nameOf = ({ name }: TableColumn): string => name.toLowerCase().replace(/,$/, '')

function matches (columns: readonly TableColumn[]): boolean {
  const names = new Set(columns.map(nameOf))
  return NEEDED.every(name => names.has(name))
}

/** The position that was asked for; the rows have none. */
function positionIn (comments: readonly string[]): Position {
  const degrees = (name: RegExp): number | null => {
    const said = comments.find(comment => name.test(comment))
    return said === undefined ? null : numberOf(/=\s*(\S+)/.exec(said)?.[1])
  }
  return positionOf(degrees(/^Requested input R\.?A\.?\s*=/i), degrees(/^Requested input Dec\.?\s*=/i)) ?? NOWHERE
}

const known = (value: number | null): number | null => value === null || value <= SENTINEL ? null : value

async function alerts (table: Table, given: Given): Promise<readonly Alert[]> {
  const object = givenObject(given)
  const position = positionIn(table.comments)
  const names = table.columns.map(nameOf)
  const index = Object.fromEntries([...NEEDED, ...FURTHER].map(name => [name, names.indexOf(name)])) as Record<typeof NEEDED[number] | typeof FURTHER[number], number>
  const curves = new LightCurves(given)
  const turn = turns()
  for (const row of table.rows) {
    const value = (name: keyof typeof index): number | null => known(numberOf(row[index[name]]))
    const [jd, zeroPoint, exposure] = [value('jd'), value('zpdiff'), value('exptime') ?? 30]
    const inNJy = (counts: number | null): number | null => counts === null || zeroPoint === null ? null : counts * nJyOfMagnitude(zeroPoint)
    const isBad = (value('infobitssci') ?? 0) >= UNCALIBRATED || (value('sciinpseeing') ?? 0) > MOST_SEEING || (value('scisigpix') ?? 0) > MOST_NOISE ||
      (row[index.procstatus] ?? '').split(',').some(status => status.trim() === BAD_PIXELS)
    curves.add(object, {
      diaSourceId: null,
      midpointMjdTai: jd === null ? null : jd - JD_OF_MJD_ZERO + (TAI_MINUS_UTC + exposure / 2) / SECONDS_PER_DAY,
      band: row[index.filter] ?? null,
      psfFlux: inNJy(value('forcediffimflux')),
      psfFluxErr: inNJy(value('forcediffimfluxunc')),
      visit: value('pid'),
      timeProcessedMjdTai: null,
      timeWithdrawnMjdTai: null,
      flagged: isBad
    }, 'forced', position)
    const pause = turn()
    if (pause) await pause
  }
  return curves.alerts(READ_AS)
}

export const ztfForced: TableDialect = { name: 'ztf-forced', matches, alerts }

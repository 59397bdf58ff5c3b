/**
 * The object of ZTF as Lasair's API for ZTF gives it: `candidates` with detections and upper limits. `mjd` is the start of
 * the exposure, UTC. Limits have no `candid`, and repeat `diffmaglim` as `magpsf`. No sample of it was at hand: the fields
 * are those of Lasair's own code.
 */
import { z } from 'zod'
import { nJyOfMagnitude, type Alert, type ReadAs } from '../../alert.ts'
import { contextOf } from '../../context/known-context.ts'
import { incomplete } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { hostFactsOf } from '../../context/host-redshift.ts'
import { checked } from '../../json/checked.ts'
import { id, listOf, looseText, number, numberAsText, object } from '../../json/fields.ts'
import { isPosition, PointList } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { associationOf, lasairData } from './context.ts'
import { bandOfFid, isSolarSystem, midpoint } from '../ztf.ts'
import { realBogusOf, ztfContext } from '../ztf-context.ts'
import { LIMIT_SNR, RELATIVE_PER_MAGNITUDE, ztfMidpoint } from '../ztf-magnitudes.ts'

const candidateSchema = object({
  candid: id,
  mjd: number,
  jd: number,
  fid: number,
  pid: number,
  magpsf: number,
  sigmapsf: number,
  diffmaglim: number,
  /** t, f, 1, 0, true, false or ±1. */
  isdiffpos: z.unknown().optional(),
  ra: number,
  dec: number,
  decl: number,
  nbad: number,
  rb: number,
  drb: number,
  ndethist: number,
  jdstarthist: number,
  sgscore1: number,
  distpsnr1: number,
  ssdistnr: number,
  ssnamenr: looseText
})
type Candidate = z.output<typeof candidateSchema>
const nested = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).nullish().catch(null)
const ztfObject = object({
  objectId: z.string({ error: 'a text' }),
  candidates: listOf(candidateSchema),
  objectData: nested({ ramean: numberAsText, decmean: numberAsText }),
  sherlock: z.unknown().optional(),
  TNS: z.unknown().optional()
})

export const isLasairZtf = (document: object): boolean => 'candidates' in document && Array.isArray(document.candidates) && 'objectId' in document && !('data' in document)

const READ_AS: ReadAs = { dialect: 'lasair', fluxUnit: 'AB magnitudes' }
const timeOf = ({ mjd, jd }: Candidate): number | null => mjd !== null ? ztfMidpoint(mjd) : midpoint(jd)

function signOf (isdiffpos: unknown): number | null {
  if (['t', '1', 'true', '+1'].includes(String(isdiffpos))) return 1
  return ['f', '0', 'false', '-1'].includes(String(isdiffpos)) ? -1 : null
}

const exposure = (source: Candidate) => ({
  midpointMjdTai: timeOf(source), band: bandOfFid(source.fid), visit: null, timeProcessedMjdTai: null, timeWithdrawnMjdTai: null
})

function add (list: PointList, source: Candidate): void {
  const { candid, magpsf, sigmapsf, diffmaglim, isdiffpos, nbad } = source
  if (candid === null) {
    const limit = diffmaglim ?? magpsf
    list.add({ ...exposure(source), diaSourceId: null, psfFlux: limit === null ? null : 0, psfFluxErr: limit === null ? null : nJyOfMagnitude(limit) / LIMIT_SNR }, 'forced')
    return
  }
  const flux = magpsf === null ? null : nJyOfMagnitude(magpsf)
  const sign = signOf(isdiffpos)
  list.add({
    ...exposure(source),
    diaSourceId: candid,
    psfFlux: flux === null || sign === null ? null : sign * flux,
    psfFluxErr: flux === null || sigmapsf === null ? null : flux * sigmapsf * RELATIVE_PER_MAGNITUDE,
    flagged: nbad !== null && nbad > 0,
    reliability: realBogusOf(source)?.score ?? null
  }, 'detection')
}

const newer = (a: Candidate, b: Candidate): Candidate => (timeOf(b) ?? -Infinity) > (timeOf(a) ?? -Infinity) ? b : a

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
export async function lasairZtfAlert (document: object, given: Given): Promise<Alert> {
  const { objectId, candidates, objectData, sherlock, TNS } = await checked(ztfObject, document)
  const [first, ...others] = candidates.filter(({ candid }) => candid !== null)
  if (first === undefined) throw incomplete('Lasair (ZTF)', 'candidate with a candid')
  const trigger = others.reduce(newer, first)
  const midpointMjdTai = timeOf(trigger)
  if (midpointMjdTai === null) throw incomplete('Lasair (ZTF)', 'mjd in its candidates')
  const place = [{ ra: objectData?.ramean ?? null, dec: objectData?.decmean ?? null }, { ra: trigger.ra, dec: trigger.dec ?? trigger.decl }].find(({ ra, dec }) => isPosition(ra, dec))
  const list = new PointList(leastReliability('ZTF', given))
  for (const source of [trigger, ...candidates.filter(source => source !== trigger)]) add(list, source)
  const association = associationOf(lasairData.parse({ sherlock, TNS }))
  const facts = ztfContext({ ...trigger, firstDetectionMjdTai: midpoint(trigger.jdstarthist) })
  const context = contextOf({ ...facts, ...association, nearest: trigger.sgscore1 === null ? association.nearest : facts.nearest ?? null })
  return {
    diaObjectId: objectId || null,
    diaSourceId: trigger.candid!.toString(),
    midpointMjdTai,
    ra: place?.ra ?? Number.NaN,
    dec: place?.dec ?? Number.NaN,
    points: list.points,
    omitted: list.omitted,
    host: hostFactsOf(association.hostRedshifts),
    solarSystem: isSolarSystem(trigger),
    ...context && { context },
    readAs: READ_AS
  }
}

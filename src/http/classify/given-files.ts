/** Files in POST /v1/classify: their alerts as objects, of which nothing is kept. */
import { decodeFile } from '../../alert/decode.ts'
import type { Alert } from '../../alert/alert.ts'
import type { PointReport } from '../../alert/points/point-report.ts'
import type { SchemaSource } from '../../alert/schemas/source.ts'
import { CandelaError, withCode } from '../../errors.ts'
import { firstContextOf, mergeGiven, type GivenPoint, type LeftOutPoint } from '../../state/processor/given-light-curve.ts'
import { givenOf, type BodyFiles, type GivenInQuery } from '../bodies/files.ts'
import type { RightObject } from './given-object.ts'
import { MOST_OBJECTS, MOST_POINTS_IN_ALL } from './schemas.ts'

/** The body of a request that is files. */
export class GivenFiles {
  readonly files: BodyFiles

  constructor (files: BodyFiles) {
    this.files = files
  }
}

interface Reading {
  given: GivenInQuery
  schemas: SchemaSource
  report: PointReport
  warn: (message: string) => void
}

/**
 * Alerts of one object are one light curve. Rows that cannot be read are said as a warning, where others can.
 * @throws CandelaError 'body-empty', 'alerts-unreadable', 'too-many-points'
 */
export async function objectsIn ({ files, writerSchema }: BodyFiles, { given, schemas, report, warn }: Reading): Promise<RightObject[]> {
  if (files.every(({ bytes }) => bytes.length === 0)) throw new CandelaError('body-empty', 'The body is empty.', { action: 'Send a light curve as the body: curl --data-binary @FILE.' })
  const objects = new Map<string, Alert[]>()
  let points = 0
  for (const file of files) {
    const where = file.name === null ? '' : `${file.name}: `
    for await (const read of decodeFile(file.bytes, { schemas, given: givenOf(given, file, writerSchema) })) {
      if ('error' in read) {
        if (read.error.code !== 'table-row-invalid') throw unreadable(where, read.error)
        warn(`${where}${withCode(read.error)}`)
        continue
      }
      const { alert } = read
      report.add(where === '' ? 'the request' : file.name!, alert)
      points += alert.points.length + alert.omitted.length
      const id = alert.diaObjectId ?? ''
      objects.set(id, [...objects.get(id) ?? [], alert])
      if (points > MOST_POINTS_IN_ALL) throw new CandelaError('too-many-points', `The objects have more than ${MOST_POINTS_IN_ALL} points, the most that is taken in a request.`, { action: 'Send it in several parts.' })
      if (objects.size > MOST_OBJECTS) throw new CandelaError('too-many-points', `The files have more than ${MOST_OBJECTS} objects, the most that is taken in a request.`, { action: 'Send it in several parts.' })
    }
  }
  return [...objects].map(([id, alerts]) => objectOf(id, alerts))
}

const unreadable = (where: string, error: CandelaError): CandelaError =>
  new CandelaError('alerts-unreadable', `${where}${withCode(error)}`, { cause: error, ...error.action !== undefined && { action: error.action } })

/** Its points in the order of the files; those that are left out count behind them. */
function objectOf (id: string, alerts: readonly Alert[]): RightObject {
  const points = alerts.flatMap(({ points }) => points)
  const curve = mergeGiven(points.map((point, index): GivenPoint => ({ index, point })))
  const omitted = alerts.flatMap(({ omitted }) => omitted).map(({ reason }, k): LeftOutPoint => ({ index: points.length + k, reason }))
  const { host } = alerts.reduce((newest, alert) => alert.midpointMjdTai > newest.midpointMjdTai ? alert : newest)
  const { context } = alerts.reduce((earliest, alert) => alert.midpointMjdTai < earliest.midpointMjdTai ? alert : earliest)
  return { diaObjectId: id === '' ? null : id, host, context: firstContextOf(context), contextLeftOut: [], curve: { ...curve, leftOut: [...curve.leftOut, ...omitted].sort((a, b) => a.index - b.index) }, ignored: [] }
}

/** The survey dialects by the names under which they can be asked for; a closed list. */
import { CandelaError } from '../errors.ts'

export const DIALECT_NAMES = [
  'lsst', 'elasticc', 'ztf', 'fink-lsst', 'fink-ztf', 'babamul-lsst', 'babamul-ztf', 'pittgoogle', 'ampel', 'lasair', 'alerce', 'antares',
  'ztf-forced', 'atlas', 'table', 'json'
] as const
export type DialectName = typeof DIALECT_NAMES[number]

/** Dialects whose documents JSON is tried for, whatever the bytes begin with. */
export const JSON_DIALECTS: readonly DialectName[] = ['lasair', 'json']

/** Dialects that a table is tried for, whatever its columns are called. */
export const TABLE_DIALECTS: readonly DialectName[] = ['ztf-forced', 'atlas', 'table']

/** A survey's dialect stands for those of brokers that wrap its records. */
const WRAPPED: ReadonlyMap<string, DialectName> = new Map([['fink-lsst', 'lsst'], ['pittgoogle', 'lsst'], ['fink-ztf', 'ztf']])

/** Dialects of brokers that pass a survey's own records on as well: those are no others. */
const PASSED_ON: ReadonlyMap<string, readonly string[]> = new Map([['pittgoogle', ['lsst', 'ztf']]])

/**
 * @param asked the dialect that the alerts are said to be of; undefined where the bytes decide
 * @param found the one that the bytes are of
 * @throws CandelaError 'dialect-mismatch'
 */
export function requireDialect (asked: DialectName | undefined, found: string): void {
  if (asked === undefined || asked === found || WRAPPED.get(found) === asked || PASSED_ON.get(asked)?.includes(found)) return
  throw new CandelaError('dialect-mismatch', `the bytes are of the dialect ${found}, asked for was ${asked}`, {
    value: found, action: 'Name the right dialect, or none: it is then chosen by the bytes.'
  })
}

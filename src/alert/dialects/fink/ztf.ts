/** Fink's alerts of ZTF: ZTF's record of 3.3, and Fink's columns beside it. The names are Spark's; forms as in fink-lsst.ts. */
import type { Type } from 'avsc'
import type { Alert, ReadAs } from '../../alert.ts'
import { avroDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { contextOf } from '../../context/known-context.ts'
import { finkClasses, finkColumns, finkDialect, isFink, matchesOfColumns, type FinkColumns, type FinkMatches } from './context.ts'
import { isZtf, ztfAlert, ztfRecord, type ZtfAlert } from '../ztf.ts'

export const READ_AS: ReadAs = { dialect: 'fink-ztf', fluxUnit: 'AB magnitudes' }

/** The alert of the survey with Fink's cross-matches. */
export function withFinkClasses (alert: Alert, matches: FinkMatches): Alert {
  const { context: own, ...rest } = alert
  const context = contextOf({ ...own, classes: finkClasses(matches) })
  return { ...rest, ...context && { context }, readAs: READ_AS }
}

const isFinkZtf = (writer: Type): boolean => isZtf(writer) && isFink(writer)

export const finkZtf = finkDialect(
  avroDialect<ZtfAlert & FinkColumns>({
    name: 'fink-ztf',
    matches: isFinkZtf,
    fields: ztfRecord(...finkColumns),
    alertsOf: () => (record, given) => withFinkClasses(ztfAlert(record, given), matchesOfColumns(record))
  }),
  avroDialect<ZtfAlert>({ name: 'fink-ztf', matches: isFinkZtf, fields: ztfRecord(), alertsOf: () => plainAlert })
)

const plainAlert = (record: ZtfAlert, given: Given): Alert => ({ ...ztfAlert(record, given), readAs: READ_AS })

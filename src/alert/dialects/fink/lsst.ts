/**
 * Fink's alerts of LSST: Rubin's record, and what Fink adds, under `xm`, `clf`, `pred` and `misc` (at the top before 2026).
 * In its streams a record comes bare, with the writer's schema in its key; files of its transfer are containers. Spark writes
 * a record that is missing as one whose fields are all null, and an id that is missing as 0.
 */
import type { Alert, ReadAs } from '../../alert.ts'
import { exactLong } from '../../avro/exact-long.ts'
import { avroDialect, optional } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { hostFactsOf } from '../../context/host-redshift.ts'
import { contextOf } from '../../context/known-context.ts'
import { finkColumns, finkContext, finkDialect, hostsOf, isFink, matchesOfColumns, type FinkColumns, type FinkMatches, type LegacyMatch } from './context.ts'
import { isLsst, knownId, lsstAlert, lsstRecord, type LsstAlert } from '../lsst.ts'

/** Fink's cross-matches, by their names in the record and, behind `f:xm_`, in the tables of Fink's service. */
export interface CrossMatch {
  simbad_otype: string | null
  gaiadr3_DR3Name: string | null
  gaiadr3_Plx: number | null
  gaiadr3_e_Plx: number | null
  gaiadr3_VarFlag: number | null
  legacydr8_zphot: number | null
  legacydr8_e_zphot: number | null
  legacydr8_pstar: number | null
  tns_fullname: string | null
  tns_type: string | null
  tns_redshift: number | null
  gcvs_type: string | null
  x3hsp_type: string | null
  x4lac_type: string | null
  vsx_Type: string | null
  spicy_class: string | null
  mangrove_HyperLEDA_name: string | null
  mangrove_2MASS_name: string | null
}
export const CROSS_MATCH_TEXTS = [
  'simbad_otype', 'gaiadr3_DR3Name', 'tns_fullname', 'tns_type', 'gcvs_type', 'x3hsp_type', 'x4lac_type', 'vsx_Type', 'spicy_class', 'mangrove_HyperLEDA_name', 'mangrove_2MASS_name'
] as const
export const CROSS_MATCH_NUMBERS = ['gaiadr3_Plx', 'gaiadr3_e_Plx', 'gaiadr3_VarFlag', 'legacydr8_zphot', 'legacydr8_e_zphot', 'legacydr8_pstar', 'tns_redshift'] as const

/** What Fink adds, each part absent where the record does not have it. */
export interface FinkFacts {
  xm: CrossMatch | null
  clf: { cats_class: number | null } | null
  pred: { is_sso: boolean | null, main_label_crossmatch: string | null } | null
  misc: { firstDiaSourceMjdTaiFink: number | null } | null
}
interface FinkLsstAlert extends LsstAlert, FinkFacts, FinkColumns {
  ssSource: { ssObjectId: bigint | null } | null
}

const added = [
  optional('xm', { type: 'record', name: 'xm', fields: [...CROSS_MATCH_TEXTS.map(name => optional(name, 'string')), ...CROSS_MATCH_NUMBERS.map(name => optional(name, 'double'))] }),
  optional('clf', { type: 'record', name: 'clf', fields: [optional('cats_class', 'double')] }),
  optional('pred', { type: 'record', name: 'pred', fields: [optional('is_sso', 'boolean'), optional('main_label_crossmatch', 'string')] }),
  optional('misc', { type: 'record', name: 'misc', fields: [optional('firstDiaSourceMjdTaiFink', 'double')] }),
  optional('ssSource', { type: 'record', name: 'ssSource', fields: [optional('ssObjectId', exactLong)] }),
  ...finkColumns
]

const matchesOf = ({ xm, clf, pred }: FinkFacts): FinkMatches => ({
  ...xm && {
    simbad: xm.simbad_otype,
    gaiaName: xm.gaiadr3_DR3Name,
    gaiaVariable: xm.gaiadr3_VarFlag,
    parallax: xm.gaiadr3_Plx,
    parallaxErr: xm.gaiadr3_e_Plx,
    vsx: xm.vsx_Type,
    gcvs: xm.gcvs_type,
    spicy: xm.spicy_class,
    x3hsp: xm.x3hsp_type,
    x4lac: xm.x4lac_type,
    galaxy: xm.mangrove_HyperLEDA_name,
    galaxy2mass: xm.mangrove_2MASS_name,
    tnsName: xm.tns_fullname,
    tnsType: xm.tns_type
  },
  label: pred?.main_label_crossmatch ?? null,
  cats: clf?.cats_class ?? null
})

/** The alert of the survey with what Fink adds. @param columns Fink's matches where they do not lie under `xm` */
export function withFink (alert: Alert, facts: FinkFacts, columns: FinkMatches = {}): Alert {
  const { xm, misc } = facts
  const legacy: LegacyMatch = { zphot: xm?.legacydr8_zphot ?? null, zphotErr: xm?.legacydr8_e_zphot ?? null, pstar: xm?.legacydr8_pstar ?? null }
  const more = finkContext({ ...columns, ...matchesOf(facts) }, legacy, xm?.tns_redshift ?? null)
  const { context: own } = alert
  const context = contextOf({ firstDetectionMjdTai: misc?.firstDiaSourceMjdTaiFink ?? null, ...own, ...more })
  const { context: _, ...rest } = alert
  return { ...rest, host: hostFactsOf(hostsOf(more.hostRedshifts, legacy)), ...context && { context }, readAs: READ_AS }
}

export const READ_AS: ReadAs = { dialect: 'fink-lsst', fluxUnit: 'nJy', survey: 'LSST' }

function finkAlert (record: FinkLsstAlert, given: Given): Alert {
  const alert = lsstAlert(record, given)
  const isBody = alert.diaObjectId === null && (knownId(record.ssSource?.ssObjectId) !== null || record.pred?.is_sso === true)
  return withFink({ ...alert, solarSystem: alert.solarSystem || isBody }, record, matchesOfColumns(record))
}

const plainAlert = (record: LsstAlert, given: Given): Alert => ({ ...lsstAlert(record, given), readAs: READ_AS })

const isFinkLsst = (writer: Parameters<typeof isLsst>[0]): boolean => isLsst(writer) && isFink(writer)

export const finkLsst = finkDialect(
  avroDialect<FinkLsstAlert>({ name: 'fink-lsst', matches: isFinkLsst, fields: lsstRecord(...added), alertsOf: () => finkAlert }),
  avroDialect<LsstAlert>({ name: 'fink-lsst', matches: isFinkLsst, fields: lsstRecord(), alertsOf: () => plainAlert })
)

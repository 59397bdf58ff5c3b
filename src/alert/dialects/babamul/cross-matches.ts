/**
 * `cross_matches` in the answers of Babamul's API: rows of catalogues near an object. The names of catalogues and of some
 * columns vary by build, so that catalogues are told by how their names begin.
 */
import { z } from 'zod'
import type { CatalogueClass, HostRedshift, NearestSource, RedshiftKind } from '../../context/context.ts'
import { looseText, numberAsText } from '../../json/fields.ts'

const rowSchema = z.object({
  _id: z.unknown().optional(),
  name: looseText,
  objname: looseText,
  name_prefix: looseText,
  distance_arcsec: numberAsText,
  objtype: looseText,
  type: looseText,
  types: z.unknown().optional(),
  descrip: looseText,
  spectype: looseText,
  z: numberAsText,
  z_unc: numberAsText,
  z_err: numberAsText,
  zerr: numberAsText,
  z_tech: looseText,
  z_qual: z.unknown().optional(),
  zwarn: z.unknown().optional(),
  redshift: numberAsText,
  z_phot_median: numberAsText,
  z_phot_std: numberAsText,
  z_spec: numberAsText,
  score: numberAsText,
  parallax: numberAsText,
  parallax_error: numberAsText,
  parallax_over_error: numberAsText
})
type Row = z.output<typeof rowSchema>

/** Rows of one catalogue that are looked at: the nearest ones come first. */
const MOST_ROWS = 20
const rows = z.unknown().optional().transform(value => (Array.isArray(value) ? value.slice(0, MOST_ROWS) : []).map(row => rowSchema.safeParse(row).data).filter(row => row !== undefined))

/** Whatever else stands there says nothing. */
export const crossMatches = z.record(z.string(), rows).nullish().catch(null)

export interface CrossMatched {
  classes: CatalogueClass[]
  hostRedshifts: HostRedshift[]
  nearest: NearestSource | null
}

/** Parallaxes of galaxies are 0 within their errors. */
const PARALLAX_SNR = 5

const named = (catalogue: string, name: string | null, of: string | null): CatalogueClass[] => of === null ? [] : [{ catalogue, class: of, ...name !== null && { name } }]
const idOf = ({ _id: id, name, objname }: Row): string | null => name ?? objname ?? (typeof id === 'string' && id.trim() !== '' ? id : null)
const first = (types: unknown): string | null => Array.isArray(types) ? first(types[0]) : typeof types === 'string' && types.trim() !== '' ? types : null

const redshift = (catalogue: string, kind: RedshiftKind, { distance_arcsec: separation }: Row, value: number | null, error: number | null): HostRedshift[] =>
  value === null ? [] : [{ redshift: value, redshiftErr: error, kind, catalogue, ...separation !== null && { separation } }]

/** NED says how it was measured in some builds; `z_qual` true means that it is questionable. */
const ofNed = ({ z_tech: technique, z_qual: isQuestionable }: Row): RedshiftKind =>
  technique?.toUpperCase().startsWith('PHOT') ? 'photometric' : isQuestionable === true || technique?.toUpperCase().startsWith('UNK') ? 'unspecified' : 'spectroscopic'

function isStar ({ parallax, parallax_error: error, parallax_over_error: given }: Row): boolean {
  const snr = given ?? (parallax !== null && error !== null && error > 0 ? parallax / error : null)
  return snr !== null && snr > PARALLAX_SNR
}

type Reading = (row: Row) => Partial<CrossMatched>
const near = (catalogue: string, starScore: number | null, { distance_arcsec: separation }: Row): NearestSource | null => separation === null && starScore === null ? null : { catalogue, starScore, separation }

const CATALOGUES: ReadonlyArray<[beginning: string, reading: Reading]> = [
  ['ned', row => ({ classes: named('NED', idOf(row), row.objtype), hostRedshifts: redshift('NED', ofNed(row), row, row.z, row.z_unc) })],
  // Labels: kept and shown, and no host facts.
  ['tns', row => ({ classes: named('TNS', row.name ?? row.objname, row.type ?? row.objtype), hostRedshifts: redshift('TNS', 'spectroscopic', row, row.redshift ?? row.z, null) })],
  ['lspsc', row => ({ nearest: near('LSPSC', row.score, row) })],
  ['gaia', row => ({ nearest: near('Gaia DR3', null, row), classes: isStar(row) ? named('Gaia DR3', null, 'star (parallax)') : [] })],
  ['milliquas', row => ({ classes: named('Milliquas', idOf(row), row.descrip ?? row.type ?? 'quasar'), hostRedshifts: redshift('Milliquas', 'unspecified', row, row.z ?? row.redshift, null) })],
  ['vsx', row => ({ classes: named('VSX', idOf(row), first(row.types) ?? row.type) })],
  ['lsdr', row => ({
    hostRedshifts: [
      ...redshift('Legacy Surveys DR10', 'spectroscopic', row, row.z_spec, null),
      // Of what is no larger than a point, a photometric redshift is that of a star as often as not.
      ...row.type === 'PSF' ? [] : redshift('Legacy Surveys DR10', 'photometric', row, row.z_phot_median, row.z_phot_std)
    ]
  })],
  ['desi', row => ({
    classes: named('DESI DR1', null, row.spectype),
    hostRedshifts: row.spectype === 'STAR' ? [] : redshift('DESI DR1', row.zwarn === 0 || row.zwarn === undefined || row.zwarn === false ? 'spectroscopic' : 'unspecified', row, row.z, row.zerr ?? row.z_err)
  })]
]

/** A score of how star-like it is says more than a separation alone; then the nearer one. */
const closer = (a: NearestSource | null, b: NearestSource | null): NearestSource | null => {
  if (a === null || b === null) return a ?? b
  if ((a.starScore === null) !== (b.starScore === null)) return a.starScore === null ? b : a
  return (b.separation ?? Infinity) < (a.separation ?? Infinity) ? b : a
}

export function crossMatched (matches: z.output<typeof crossMatches>): CrossMatched {
  const found: CrossMatched = { classes: [], hostRedshifts: [], nearest: null }
  for (const [name, rows] of Object.entries(matches ?? {})) {
    const reading = CATALOGUES.find(([beginning]) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '').startsWith(beginning))?.[1]
    for (const row of reading ? rows : []) {
      const { classes = [], hostRedshifts = [], nearest = null } = reading!(row)
      found.classes.push(...classes)
      found.hostRedshifts.push(...hostRedshifts)
      found.nearest = closer(found.nearest, nearest)
    }
  }
  return found
}

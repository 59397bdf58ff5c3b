/** What Fink adds to the alerts of a survey: cross-matches with catalogues, and its own classifiers. For both surveys, its streams and its service. */
import type { Type } from 'avsc'
import { CandelaError } from '../../../errors.ts'
import type { CatalogueClass, HostRedshift } from '../../context/context.ts'
import { fieldNames, optional, type AvroDialect } from '../../dialect.ts'
import type { ContextFacts } from '../../context/known-context.ts'

/** "Fail", "Fail 504": the service of the catalogue did not answer. */
const NOTHING = /^\s*(|unknown|none|null|nan|nat|fail(\b.*)?)\s*$/i

const said = (text: string | null | undefined): string | undefined => typeof text === 'string' && !NOTHING.test(text) ? text.trim() : undefined

/** A parallax of so many σ is one of a star in the Milky Way. */
const STAR_PARALLAX = 5

/** Cross-matches within 1 to 1.5″, Mangrove's within 60″; null or absent where there is none. */
export interface FinkMatches {
  simbad?: string | null
  gaiaName?: string | null
  gaiaClass?: string | null
  /** 1 where Gaia found the source to vary. */
  gaiaVariable?: number | null
  /** [mas] */
  parallax?: number | null
  parallaxErr?: number | null
  vsx?: string | null
  gcvs?: string | null
  spicy?: string | null
  x3hsp?: string | null
  x4lac?: string | null
  /** Names of the nearest galaxy of Mangrove, by HyperLEDA and by 2MASS. */
  galaxy?: string | null
  galaxy2mass?: string | null
  tnsName?: string | null
  tnsType?: string | null
  /** Of Fink's own cross-match label. */
  label?: string | null
  /** Of Fink's classifier CATS, see CATS_CLASSES. */
  cats?: number | null
}

/** The broad classes of CATS. */
const CATS_CLASSES: Readonly<Record<number, string>> = { 11: 'SN-like', 12: 'fast', 13: 'long', 21: 'periodic', 22: 'AGN' }

/** Null where a value says nothing. */
function gaiaClasses ({ gaiaName, gaiaClass, gaiaVariable, parallax, parallaxErr }: FinkMatches): Array<[string, string | undefined, string | undefined]> {
  const name = said(gaiaName)
  const snr = typeof parallax === 'number' && typeof parallaxErr === 'number' && parallaxErr > 0 ? parallax / parallaxErr : 0
  return [
    ['Gaia DR3', said(gaiaClass) ?? (gaiaVariable === 1 ? 'variable' : undefined), name],
    ['Gaia DR3', snr >= STAR_PARALLAX ? `star, parallax of ${snr.toFixed(0)}σ` : undefined, name]
  ]
}

/** The classes in Fink's cross-matches, catalogues before classifiers. */
export function finkClasses (matches: FinkMatches): CatalogueClass[] {
  const { simbad, vsx, gcvs, spicy, x3hsp, x4lac, galaxy, galaxy2mass, tnsName, tnsType, label, cats } = matches
  const galaxyName = said(galaxy) ?? said(galaxy2mass)
  const name = said(tnsName)
  const found: Array<[string, string | undefined, (string | undefined)?]> = [
    ['SIMBAD', said(simbad)],
    ...gaiaClasses(matches),
    ['VSX', said(vsx)],
    ['GCVS', said(gcvs)],
    ['SPICY', said(spicy)],
    ['3HSP', said(x3hsp)],
    ['4LAC', said(x4lac)],
    ['Mangrove', galaxyName === undefined ? undefined : 'galaxy within 60″', galaxyName],
    ['TNS', said(tnsType) ?? (name === undefined ? undefined : 'not classified'), name]
  ]
  const classes = found.flatMap(([catalogue, one, there]) => one === undefined ? [] : [{ catalogue, class: one, ...there !== undefined && { name: there } }])
  const own = said(label)
  if (own !== undefined && !classes.some(one => one.class === own)) classes.push({ catalogue: 'Fink', class: own })
  const broad = typeof cats === 'number' ? CATS_CLASSES[cats] : undefined
  if (broad !== undefined) classes.push({ catalogue: 'Fink CATS', class: broad })
  return classes
}

/** The match in the Legacy Surveys that Fink looks for at the alert's own position. */
export interface LegacyMatch {
  zphot: number | null
  zphotErr: number | null
  /** From 0 (a galaxy) to 1 (a star). */
  pstar: number | null
}

const LEGACY = 'Legacy Surveys DR8'
/** Above this the match is a star, and its photometric redshift means nothing. */
const STAR = 0.5

/** The context of Fink's alerts of LSST. The match lies within 1.5″: it is the host, or the transient itself as it was in the survey's images. */
export function finkContext (matches: FinkMatches, { zphot, zphotErr, pstar }: LegacyMatch, tnsRedshift: number | null): ContextFacts & { hostRedshifts: HostRedshift[] } {
  const hostRedshifts: HostRedshift[] = []
  if (zphot !== null) hostRedshifts.push({ redshift: zphot, redshiftErr: zphotErr, kind: 'photometric', catalogue: LEGACY })
  if (tnsRedshift !== null) hostRedshifts.push({ redshift: tnsRedshift, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' })
  return { classes: finkClasses(matches), nearest: { catalogue: LEGACY, starScore: pstar, separation: null }, hostRedshifts }
}

/** The redshifts that may become the host's: none of a star. */
export const hostsOf = (redshifts: readonly HostRedshift[], { pstar }: LegacyMatch): HostRedshift[] =>
  redshifts.filter(({ catalogue }) => catalogue !== LEGACY || pstar === null || pstar <= STAR)

const optionalText = (name: string) => optional(name, 'string')
const optionalNumber = (name: string) => optional(name, 'double')

/** Fink's columns at the top of a record: of ZTF, and of LSST before 2026. */
export interface FinkColumns {
  cdsxmatch: string | null
  /** The type in TNS. */
  tns: string | null
  DR3Name: string | null
  Plx: number | null
  e_Plx: number | null
  gaiaVarFlag: number | null
  gaiaClass: string | null
  vsx: string | null
  gcvs: string | null
  spicy_class: string | null
  x3hsp: string | null
  x4lac: string | null
  mangrove: Readonly<Record<string, string | null>> | null
}

export const finkColumns = [
  ...['cdsxmatch', 'tns', 'DR3Name', 'gaiaClass', 'vsx', 'gcvs', 'spicy_class', 'x3hsp', 'x4lac'].map(optionalText),
  ...['Plx', 'e_Plx', 'gaiaVarFlag'].map(optionalNumber),
  optional('mangrove', { type: 'map', values: ['null', 'string'] })
]

export const matchesOfColumns = (columns: FinkColumns): FinkMatches => ({
  simbad: columns.cdsxmatch,
  gaiaName: columns.DR3Name,
  gaiaClass: columns.gaiaClass,
  gaiaVariable: columns.gaiaVarFlag,
  parallax: columns.Plx,
  parallaxErr: columns.e_Plx,
  vsx: columns.vsx,
  gcvs: columns.gcvs,
  spicy: columns.spicy_class,
  x3hsp: columns.x3hsp,
  x4lac: columns.x4lac,
  galaxy: columns.mangrove?.['HyperLEDA_name'] ?? null,
  galaxy2mass: columns.mangrove?.['2MASS_name'] ?? null,
  tnsType: columns.tns
})

/** Fields that one of Fink's records has at the top, and no survey's own. */
const FINK_FIELDS = ['fink_broker_version', 'fink_science_version', 'xm', 'pred', 'clf', 'misc', 'cdsxmatch', 'roid', 'tracklet']

export const isFink = (writer: Type): boolean => fieldNames(writer).some(name => FINK_FIELDS.includes(name))

/**
 * Builds of Fink differ in what they add: where that is of other types than it was, the light curve is read without it.
 * @param full @param lesser the same without what Fink adds
 */
export const finkDialect = (full: AvroDialect, lesser: AvroDialect): AvroDialect => ({
  ...full,
  reader (writer) {
    try {
      return full.reader(writer)
    } catch (error) {
      if (!(error instanceof CandelaError) || error.code !== 'schema-unsupported') throw error
      return lesser.reader(writer)
    }
  }
})

/**
 * Names of filters → bands of LSST: the one table for all dialects, files and requests. A name that is not in it has
 * no band: its points are left out as `band-unknown`, by name, and `CANDELA_BAND_NAMES` can add it. There is no rule
 * that guesses: the last letter of CSP-n/i is `i`, and its filter is V.
 *
 * A name is a bare band, or a filter system of the table and one of its filters: `CSP-g`, `ps1::g`, `ztfg`, `g-Sloan`.
 * What follows a slash is SNANA's own code of the filter, and never says the band. Systems are known in any case of
 * letters, filters in theirs alone: R and I are Cousins', G is Gaia's.
 */
import QuickLRU from 'quick-lru'
import { BANDS, type Band } from '../alert.ts'

type Filters = Readonly<Record<string, Band>>

const filters = (names: string): Filters => Object.fromEntries(names.split(' ').map(name => [name, name[0]!.toLowerCase() as Band]))

/** Passbands near enough to LSST's for a light curve; their zero points are AB. Y is y where it lies at 0.96 to 1.0 µm. */
const SYSTEMS: ReadonlyArray<{ names: string, filters: Filters }> = [
  // Names of the glass in the camera (LSSTCam, then LSSTComCam).
  { names: 'lsst lsstcam lsstcomcam comcam rubin', filters: filters('u g r i z y Y u_24 g_6 r_57 i_39 z_20 y_10 u_02 g_01 r_03 i_06 z_03 y_04') },
  { names: 'des decam delve', filters: filters('u g r i z y Y') },
  // Primed: the standard stars' system of the same survey.
  { names: 'sdss sloan', filters: filters('u g r i z u\' g\' r\' i\' z\'') },
  // Without w, which spans g, r and i. Foundation and the Young Supernova Experiment observed with it.
  { names: 'ps1 panstarrs panstarrs1 pan-starrs pan-starrs1 found foundation yse', filters: filters('g r i z y') },
  // p48R is the Mould R of PTF, before ZTF's r.
  { names: 'ztf p48 palomar', filters: filters('g r i') },
  { names: 'hsc', filters: filters('g r i z y Y r2 i2') },
  { names: 'megacam megacampsf megaprime snls cfht cfhtls', filters: filters('u g r i z') },
  // Without B, V and its variants n, o, m, and without Y, J, H: CSP's Y lies at 1.04 µm.
  { names: 'csp csp1 csp2 swope swope2', filters: filters('u g r i') },
  // KeplerCam's r' and i'. CFA3S is the 4Shooter camera: U B V R I.
  { names: 'cfa3k cfa4p1 cfa4p2 cfa41 cfa42 keplercam', filters: filters('u r i u\' r\' i\'') },
  // Without its u and v, which share what is one band elsewhere.
  { names: 'skymapper', filters: filters('g r i z') },
  { names: 'lco lcogt sinistro', filters: { ...filters('u g r i up gp rp ip'), zs: 'z' } },
  { names: 'grond gmos sedm ioo', filters: filters('u g r i z') }
]

/**
 * Bare names: LSST's own, the standard stars' u' to z' as they are and as `up` to `zp`. Not here, as they are other
 * passbands: U B V R I (Johnson-Cousins, Swift), Y J H K Ks and Z (near infrared), G BP RP (Gaia), c o (ATLAS),
 * w (Pan-STARRS), L, C, clear, and codes of one survey alone, such as SNANA's a to n.
 */
const BARE: Filters = filters('u g r i z y u\' g\' r\' i\' z\' up gp rp ip zp')
/** In files of SNANA, which are of LSST, DES or their like where they have it. */
const BARE_IN_SNANA: Filters = { ...BARE, Y: 'y' }
/** Surveys of SNANA in which several systems share the letters: bare ones are codes there. */
const MIXED = /^(lowz|cfa|jrk)/i

const BY_SYSTEM: ReadonlyMap<string, Filters> = new Map(SYSTEMS.flatMap(({ names, filters }) => names.split(' ').map(name => [name, filters] as const)))
/** Longest first: lsstcam before lsst. */
const SYSTEM_NAMES = [...BY_SYSTEM.keys()].sort((a, b) => b.length - a.length)

const SEPARATOR = /^(::|[-_:. ])/
/** Systems in a file that names its own survey: what SNANA's convention SURVEY-BAND says for one that is not in the table. */
const OWN: Filters = filters('u g r i z y')

/** ZTF's numbers of its filters. */
export const ZTF_FILTERS: Readonly<Record<number, string>> = { 1: 'ztfg', 2: 'ztfr', 3: 'ztfi' }

/** Names that a setting adds; they go before the table. */
let added: ReadonlyMap<string, Band | null> = new Map()
/** Names that are remembered: a stream has a dozen, damage any number. */
const MOST_REMEMBERED = 1000
const found = new QuickLRU<string, Band | null>({ maxSize: MOST_REMEMBERED })

/** For the whole process, before the first alert is read. @param names null: no band, whatever the table says */
export function nameBands (names: ReadonlyMap<string, Band | null>): void {
  added = names
  found.clear()
}

/** Of a system's name in front, with or without a separator, the filter behind it. */
function behind (name: string, system: string): string | undefined {
  if (!name.toLowerCase().startsWith(system.toLowerCase())) return undefined
  return name.slice(system.length).replace(SEPARATOR, '')
}

function inTable (name: string): Band | undefined {
  for (const system of SYSTEM_NAMES) {
    const filter = behind(name, system)
    if (filter === undefined || filter === '') continue
    const band = own(BY_SYSTEM.get(system)!, filter)
    if (band !== undefined) return band
  }
  // TNS writes r-Sloan.
  const [, filter = '', system = ''] = /^([^-]+)-([^-]+(?:-[^-]+)?)$/.exec(name) ?? []
  const filters = BY_SYSTEM.get(system.toLowerCase())
  return filters && own(filters, filter)
}

const own = (filters: Filters, filter: string): Band | undefined => Object.hasOwn(filters, filter) ? filters[filter] : undefined

function lookUp (name: string, survey: string | undefined): Band | null {
  const whole = added.get(name)
  if (whole !== undefined) return whole
  const slash = name.indexOf('/')
  const filter = slash < 0 ? name : name.slice(0, slash)
  const short = added.get(filter)
  if (short !== undefined) return short
  const system = survey === undefined ? undefined : BY_SYSTEM.get(survey.toLowerCase())
  const bare = survey === undefined ? BARE : MIXED.test(survey) ? {} : system !== undefined && !Object.hasOwn(system, 'Y') ? BARE : BARE_IN_SNANA
  const band = own(bare, filter) ?? inTable(filter)
  if (band !== undefined || survey === undefined || survey === '' || system !== undefined) return band ?? null
  const ofSurvey = behind(filter, survey)
  return (ofSurvey !== undefined && SEPARATOR.test(filter.slice(survey.length)) ? own(OWN, ofSurvey) : undefined) ?? null
}

const lsst: ReadonlySet<string> = new Set(BANDS)

/**
 * @param name as the sender writes it
 * @param survey of a file of SNANA: the one that it names, '' where it names none
 * @returns null where the name is not known to be one of LSST's bands
 */
export function bandOf (name: string, survey?: string): Band | null {
  if (survey === undefined && added.size === 0 && lsst.has(name)) return name as Band
  const key = survey === undefined ? name : `${survey}\n${name}`
  let band = found.get(key)
  if (band === undefined) {
    band = lookUp(name.trim(), survey)
    found.set(key, band)
  }
  return band
}

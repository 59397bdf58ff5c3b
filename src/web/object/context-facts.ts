/** What the newest alert says of an object beside its fluxes, in an astronomer's words. */
import type { ObjectContext, ObjectFacts } from '../api.ts'
import { element } from '../elements.ts'
import { utcOfMjdTai } from '../words.ts'
import { factList, quiet, type Fact } from './fact-list.ts'

/** Kinds of redshifts in a few letters, as catalogues write them. */
const KINDS: Record<string, string> = { spectroscopic: 'spectroscopic', photometric: 'photometric', unspecified: 'kind not told' }
/** The registry of transients: its redshifts and types are labels. */
const TNS = /\bTNS\b/i

const arcsec = (separation: number | null | undefined): string[] => separation === null || separation === undefined ? [] : [`${Number(separation.toFixed(2))}″`]

/** @returns where a redshift comes from: 'photometric, Legacy Surveys DR8, 2.1″' */
export const provenance = ({ kind, catalogue, separation }: { kind?: string | undefined, catalogue?: string | undefined, separation?: number | undefined }): string =>
  [...kind === undefined ? [] : [KINDS[kind] ?? kind], ...catalogue === undefined ? [] : [catalogue], ...arcsec(separation)].join(', ')

const digits = (value: number): number => Number(value.toPrecision(4))

/** @param redshiftErr 1σ; null where not known */
export const redshiftText = (redshift: number, redshiftErr: number | null): string =>
  `${digits(redshift)}${redshiftErr === null ? '' : ` ± ${Number(redshiftErr.toPrecision(2))}`}`

const lines = (entries: Array<Array<string | Node>>): Array<string | Node> => entries.flatMap((entry, place) => place === 0 ? entry : [element('br'), ...entry])

/** AB magnitude of a flux [nJy]. */
const magnitude = (flux: number): string => flux > 0 ? `, ${(31.4 - 2.5 * Math.log10(flux)).toFixed(2)} mag` : ''

function facts ({ realBogus, templateFlux, extendedness, isDipole, nearest, classes, detections, firstDetectionMjdTai, hostRedshifts, matches }: ObjectContext): Fact[] {
  const all: Array<Fact | false | undefined> = [
    realBogus && ['Real–bogus score', `${realBogus.score.toFixed(3)} `, quiet(realBogus.name)],
    nearest && ['Nearest catalogued source', [nearest.catalogue, ...arcsec(nearest.separation)].join(', '), ...nearest.starScore === null ? [] : [' ', quiet(`star score ${nearest.starScore.toFixed(2)}`)]],
    templateFlux !== undefined && ['Template', `${digits(templateFlux)} nJy${magnitude(templateFlux)}`],
    extendedness !== undefined && ['Extendedness', `${extendedness.toFixed(2)} `, quiet('0 point, 1 extended')],
    isDipole === true && ['Shape', 'dipole in the difference image'],
    detections !== undefined && ['Survey’s detections', String(detections)],
    firstDetectionMjdTai !== undefined && ['Survey’s first detection (MJD)', `${firstDetectionMjdTai.toFixed(3)} `, quiet(`${utcOfMjdTai(firstDetectionMjdTai)} UTC`)],
    hostRedshifts && ['Redshifts named', ...lines(hostRedshifts.map(({ redshift, redshiftErr, ...from }) =>
      [`${redshiftText(redshift, redshiftErr)} `, quiet(`${provenance(from)}${TNS.test(from.catalogue) ? ', not used' : ''}`)]))],
    classes && ['Classes', ...lines([...classes.map(({ catalogue, class: of, name }): Array<string | Node> => [`${of} `, quiet(name === undefined ? catalogue : `${catalogue} ${name}`)]), [quiet('shown only: P(Ia) does not rest on them')]])],
    matches && ['Same transient', ...lines(matches.map(({ survey, diaObjectId }) => [`${diaObjectId} `, quiet(survey)]))]
  ]
  return all.filter(fact => fact !== undefined && fact !== false)
}

/** @param section hidden where the alert says nothing */
export function showContext (section: HTMLElement, list: HTMLElement, { context }: ObjectFacts): void {
  section.hidden = context === undefined
  list.replaceChildren(...context ? factList(facts(context)) : [])
}

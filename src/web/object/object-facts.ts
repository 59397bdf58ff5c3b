/** The facts of an object beside its plot. */
import { objectAddress, type Classification, type Forecast, type ObjectFacts } from '../api.ts'
import { provenance, redshiftText } from './context-facts.ts'
import { factList, quiet, type Fact } from './fact-list.ts'
import { phaseInWords } from './forecast-words.ts'
import { brokers, catalogues, link } from './other-services.ts'
import { element } from '../elements.ts'
import { sexagesimal, utc, utcOfMjdTai } from '../words.ts'

function time (mjd: number | null): Array<string | Node> {
  return mjd === null ? ['–'] : [`${mjd.toFixed(3)} `, quiet(`${utcOfMjdTai(mjd)} UTC`)]
}

function redshift ({ redshift, redshiftErr, givenAt, ...from }: ObjectFacts['host']): Array<string | Node> {
  if (redshift === null) return ['not known']
  const source = provenance(from)
  return [`${redshiftText(redshift, redshiftErr)} `, quiet(givenAt === null ? source === '' ? 'of an alert' : `of an alert: ${source}` : `given ${utc(givenAt)} UTC`)]
}

function phase (forecast: Forecast | null): Fact[] {
  if (forecast === null) return []
  const { phase, phaseLow, phaseHigh } = forecast
  return [['Phase', ...phase === null || phaseLow === null || phaseHigh === null
    ? ['no single peak expected']
    : [phaseInWords({ phase, phaseLow, phaseHigh }), ' ', quiet('at the newest epoch, 68 %')]]]
}

const position = ({ ra, dec }: Pick<ObjectFacts, 'ra' | 'dec'>): Array<string | Node> => ra === null || dec === null
  ? ['not known']
  : [`${ra.toFixed(6)} ${dec < 0 ? '−' : '+'}${Math.abs(dec).toFixed(6)}`, element('br'), quiet(sexagesimal(ra, dec))]

function facts ({ ra, dec, host, points, firstDetectionMjdTai, lastPointMjdTai }: ObjectFacts, standing: Classification | null, forecast: Forecast | null): Fact[] {
  return [
    ['Position (ICRS)', ...position({ ra, dec })],
    ['Host redshift', ...redshift(host)],
    ['Milky Way E(B−V)', host.mwebv === null ? 'not known' : `${host.mwebv} mag`],
    ['Photometric points', String(points)],
    ['First detection (MJD)', ...time(firstDetectionMjdTai)],
    ['Last point (MJD)', ...time(lastPointMjdTai)],
    ...phase(forecast),
    ['Classifier', standing === null ? '–' : `${standing.classifierName} ${standing.classifierVersion}`],
    ['Published', standing === null ? '–' : `${utc(standing.publishedAt)} UTC`]
  ]
}

/** Links to the raw answers of the API. */
function raw (diaObjectId: string, asOf: string | null, hasForecast: boolean): Array<[name: string, address: string]> {
  const address = (rest: string, format?: 'csv'): string => {
    const query = new URLSearchParams({ ...rest !== '' && asOf !== null && { asOf }, ...format && { format } })
    return objectAddress('v1/objects', diaObjectId, query.size > 0 ? `${rest}?${query}` : rest)
  }
  return [
    ['Object (JSON)', address('')],
    ['Light curve (JSON)', address('/light-curve')],
    ['Light curve (CSV)', address('/light-curve', 'csv')],
    ['History (JSON)', address('/classifications')],
    ['History (CSV)', address('/classifications', 'csv')],
    ...hasForecast ? [['Forecast (JSON)', address('/forecast')], ['Forecast (CSV)', address('/forecast', 'csv')]] satisfies Array<[string, string]> : []
  ]
}

/**
 * @param standing what stood at the time that is shown
 * @param forecast null where there is none, or none of that time
 */
export function showFacts (list: HTMLElement, object: ObjectFacts, standing: Classification | null, forecast: Forecast | null): void {
  list.replaceChildren(...factList(facts(object, standing, forecast)))
}

export function showLinks (lists: { raw: HTMLElement, elsewhere: HTMLElement }, { diaObjectId, ra, dec }: ObjectFacts, asOf: string | null, hasForecast: boolean): void {
  lists.raw.replaceChildren(...raw(diaObjectId, asOf, hasForecast).map(([name, address]) => element('li', {}, element('a', { href: address }, name))))
  lists.elsewhere.replaceChildren(...[...brokers(diaObjectId), ...ra === null || dec === null ? [] : catalogues(ra, dec)].map(other => element('li', {}, link(other))))
}

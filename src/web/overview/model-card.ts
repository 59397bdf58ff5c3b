/** The card of a model: what it is, what it was trained on, how well it does, what it must not be used for. */
import { addressOf, type Card, type ModelSummary } from '../api.ts'
import { measuredOf, PHOTO_Z, record, text, texts, WHEN, type PhotoZ, type When } from './card-parts.ts'
import { sharesInWords } from '../classes.ts'
import { element } from '../elements.ts'
import { reliabilityPlot, type Curves } from './reliability-plot.ts'
import { whole } from '../words.ts'

type Measured = ReturnType<typeof measuredOf>

const COLUMNS = { accuracy: 'Accuracy %', auc: 'AUC', figureOfMerit: 'Figure of merit', completeness: 'Completeness', purity: 'Purity', ece: 'ECE' }

const keysOf = <Name extends string>(named: Record<Name, unknown>): Name[] => Object.keys(named) as Name[]

function facts ({ bands, cell, layers, width, engine, classes, classShares }: ModelSummary, card: Card): HTMLElement {
  const data = record(card['trainingData'])
  const objects = record(card['objects'])
  const types = Object.entries(record(objects['byType'])).flatMap(([type, count]) => typeof count === 'number' ? `${whole(count)} ${type}` : []).join(', ')
  const given: Array<[string, string | null]> = [
    ['Network', `${layers} × ${width} ${cell.toUpperCase()}, bands ${bands.join(' ')}, on ${engine.name} ${engine.version}`],
    ['Classes', classes === undefined ? null : classes.map(({ name, positive }) => positive ? `${name} (counts as Ia)` : name).join(', ')],
    ['Class shares', classShares === undefined ? null : [...new Set(classShares.map(({ name }) => sharesInWords(name)))].join('; ')],
    ['Method', text(card['method'])],
    ['Trained on', text(data['description']) ?? text(data['name']) ?? text(card['trainedOn'])],
    ['Objects', types === '' ? text(objects['total']) : types],
    ['Source', text(data['source'])],
    ['Intended use', text(card['intendedUse'])],
    ['Calibration', text(record(card['calibration'])['fittedOn'])],
    ['Trained', text(card['date'])]
  ]
  return element('dl', { class: 'facts' }, ...given.flatMap(([term, value]) => value === null ? [] : [element('div', {}, element('dt', {}, term), element('dd', {}, value))]))
}

function measuredTable ({ line }: Measured): HTMLElement[] {
  const rows = keysOf(PHOTO_Z).flatMap(photoZ => keysOf(WHEN).flatMap(when => {
    const measured = line(photoZ, when)
    if (Object.keys(measured).length === 0) return []
    return [element('tr', {},
      element('th', { scope: 'row' }, `photo-z ${PHOTO_Z[photoZ]}, ${when === 'final' ? 'end' : 'early'}`),
      ...keysOf(COLUMNS).map(name => element('td', { class: 'number' }, text(measured[name]) ?? '–')))]
  }))
  if (rows.length === 0) return []
  return [element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Measured table' }, element('table', {},
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'When'), ...Object.values(COLUMNS).map(name => element('th', { scope: 'col', class: 'number' }, name)))),
    element('tbody', {}, ...rows)))]
}

function describeCurves (when: When, curves: Curves): string {
  const told = keysOf(PHOTO_Z).map(photoZ => `photo-z ${PHOTO_Z[photoZ]}: ${curves[photoZ].map(({ meanProbabilityIa, shareIa }) => `${meanProbabilityIa.toFixed(2)} to ${shareIa.toFixed(2)}`).join(', ')}`)
  return `Reliability diagram ${WHEN[when]}: mean P(Ia) of a bin to its share of Ia. ${told.join('. ')}.`
}

function reliability (measured: Measured): HTMLElement[] {
  const figures = keysOf(WHEN).flatMap(when => {
    const curves: Curves = { photoZKnown: measured.reliability('photoZKnown', when), photoZUnknown: measured.reliability('photoZUnknown', when) }
    if (keysOf(PHOTO_Z).every(photoZ => curves[photoZ].length === 0)) return []
    const host = element('div', { role: 'img', 'aria-label': describeCurves(when, curves) })
    reliabilityPlot(host, curves)
    const ece = keysOf(PHOTO_Z).flatMap((photoZ: PhotoZ) => {
      const value = text(measured.line(photoZ, when)['ece'])
      return value === null ? [] : [`${PHOTO_Z[photoZ]} ${value}`]
    })
    return [element('figure', {}, host, element('figcaption', {}, `${WHEN[when]}${ece.length > 0 ? `; ECE photo-z ${ece.join(', ')}` : ''}`))]
  })
  if (figures.length === 0) return [element('p', { class: 'quiet' }, 'The card has no reliability diagram.')]
  return [
    element('p', {}, 'Of the objects with a P(Ia) of 0.7, seven in ten should be Ia: points on the diagonal are calibrated. Bars are 68 % intervals from the counts.'),
    element('ul', { class: 'keys' }, element('li', {}, element('i', { class: 'disc' }), 'photo-z known'), element('li', {}, element('i', { class: 'square' }), 'photo-z unknown')),
    element('div', { class: 'figures' }, ...figures)
  ]
}

export function modelCard (model: ModelSummary, card: Card): HTMLElement {
  const { name, version } = model
  const measured = measuredOf(card)
  const limits = [...texts(card['knownWeaknesses']), ...texts(card['limits'])]
  return element('article', { class: 'card', 'aria-label': `Model ${name} ${version}` },
    element('h3', {}, `${name} ${version} `, element('a', { href: addressOf(`v1/models/${name}/${version}`) }, 'whole card (JSON)')),
    facts(model, card),
    ...limits.length > 0 ? [element('h4', {}, 'Known weaknesses'), element('ul', { class: 'limits' }, ...limits.map(limit => element('li', {}, limit)))] : [],
    element('h4', {}, 'How well it classifies'),
    ...measured.about === null ? [element('p', { class: 'quiet' }, 'The card has no measured table.')] : [element('p', {}, measured.about)],
    ...measuredTable(measured),
    element('h4', {}, 'Calibration'),
    ...reliability(measured)
  )
}

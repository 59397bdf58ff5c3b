/** The page at /objects/{diaObjectId}: light curve over P(Ia), what was published when, and what is known besides. */
import { fetchHistory, objectAddress, Problem, type Classification, type Forecast } from '../api.ts'
import { AsOf } from './as-of.ts'
import { showContext } from './context-facts.ts'
import { BandLegend } from './band-legend.ts'
import { showClasses } from './class-bars.ts'
import { ratherThanIa } from '../classes.ts'
import { showConnection } from '../connection.ts'
import { part } from '../elements.ts'
import { forecastInWords, forecastRows } from './forecast-words.ts'
import { HistoryTable } from './history-table.ts'
import { plottable } from './light-curve-data.ts'
import { LightCurvePlot } from './light-curve-plot.ts'
import { showFacts, showLinks } from './object-facts.ts'
import { diaObjectIdOfPage, plottedAt, viewObject, type KnownObject } from './object-view.ts'
import { describePoint } from './point-words.ts'
import { pointRows } from './point-table.ts'
import { declineReason } from '../reasons.ts'
import { probability } from '../words.ts'

const diaObjectId = diaObjectIdOfPage()
const READOUT = 'Point at the plot, or focus it and use the arrow keys, to read values; drag, or + and −, to zoom.'

document.title = `${diaObjectId}: Candela`
part('object-id').textContent = diaObjectId
part<HTMLInputElement>('embed-code').value = `<iframe src="${objectAddress('embed/objects', diaObjectId)}" width="760" height="600" title="P(Ia) of ${diaObjectId}"></iframe>`

let known: KnownObject | undefined
let asking = new AbortController()

const plot = new LightCurvePlot({
  frame: part('plot'),
  flux: part('flux'),
  chance: part('chance'),
  onPoint: point => { part('readout').textContent = point === null ? READOUT : describePoint(point) },
  onZoom: zoomed => { part('show-all').hidden = !zoomed }
})
const legend = new BandLegend(part('bands'), (band, shown) => plot.showBand(band, shown))
const historyTable = new HistoryTable(part('history'), time => asOf.choose(time))
const asOf = new AsOf({ onChange: () => { showMoment().catch(showTrouble) } })

function showHeadline (standing: Classification | null): void {
  part('headline').dataset['state'] = standing === null ? 'none' : 'classified'
  part('probability').textContent = standing === null ? '–' : probability(standing.probabilityIa)
  part('error').textContent = standing?.probabilityIaErr === undefined ? '' : `± ${probability(standing.probabilityIaErr)}`
  const rather = standing && ratherThanIa(standing)
  part('rather').textContent = rather ? `rather ${rather[0]} ${probability(rather[1])}` : ''
  part('bar').style.setProperty('--part', String(standing?.probabilityIa ?? 0))
  part('rests').textContent = standing === null
    ? 'no classification'
    : `after ${standing.epochs} ${standing.epochs === 1 ? 'epoch' : 'epochs'}, revision ${standing.revision}`
}

/** In words below the plot and as a table; the plot has it itself. */
function showForecast (forecast: Forecast | null): void {
  for (const id of ['forecast-key', 'forecast-said', 'forecast-table']) part(id).hidden = forecast === null
  part('peak-key').hidden = forecast === null || forecast.phase === null
  part('forecast-said').textContent = forecast === null ? '' : forecastInWords(forecast)
  part('forecast').replaceChildren(...forecast === null ? [] : forecastRows(forecast))
}

function say (text: string): void {
  const notice = part('notice')
  if (notice.textContent !== text) notice.textContent = text
  notice.hidden = text === ''
}

/** A request that a later move of the slider superseded is no error. */
function showTrouble (error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  say(error instanceof Problem ? error.message : 'Candela does not answer: this moment of the history cannot be shown now.')
}

function notice ({ object, why }: KnownObject, standing: Classification | null, moment: string | null): string {
  if (moment !== null) return `As it stood then; points that came after the newest one it rested on are pale.${standing === null ? ' Nothing had been published by then.' : ''}`
  if (why !== null) return `The light curve cannot be shown: ${why}`
  if (standing !== null) return ''
  return object.declined === null ? 'No classification yet.' : `No classification (${object.declined}): ${declineReason(object.declined)}.`
}

/** Shows the moment that the slider stands at. */
async function showMoment (): Promise<void> {
  if (!known) return
  asking.abort()
  const { signal } = asking = new AbortController()
  const moment = asOf.time
  const { object, history } = known
  const published = moment === null ? history : await fetchHistory(diaObjectId, { asOf: moment, signal })
  if (signal.aborted) return
  const standing = moment === null ? object.classification : published.at(-1) ?? null
  showHeadline(standing)
  say(notice(known, standing, moment))
  const plotted = plottedAt(known, published, moment)
  plot.show(plotted)
  showForecast(plotted.forecast)
  historyTable.mark(moment)
  showFacts(part('facts'), object, standing, plotted.forecast)
  showClasses(part('classes'), standing)
  showContext(part('context'), part('context-facts'), object)
  showLinks({ raw: part('raw'), elsewhere: part('elsewhere') }, object, moment, plotted.forecast !== null)
}

viewObject({
  diaObjectId,
  onConnection: showConnection,
  onProblem (problem) {
    if (!known) part('of-object').hidden = true
    say(problem.message)
  },
  onRead (read) {
    known = read
    part('of-object').hidden = false
    const points = read.curve?.points ?? []
    legend.show(plottable(points))
    const weighed = points.some(({ weight }) => typeof weight === 'number')
    part('weight-key').hidden = !weighed
    part('points').closest('table')!.classList.toggle('weighed', weighed)
    part('points').replaceChildren(...pointRows(points))
    part('points-count').textContent = String(points.length)
    asOf.restore(read.history)
    historyTable.show(read.history)
    showMoment().catch(showTrouble)
  }
})

part('show-all').addEventListener('click', () => {
  plot.showAll()
  part('plot').focus()
})
part('embed-code').addEventListener('focus', event => (event.target as HTMLInputElement).select())

/** The page at /embed/objects/{diaObjectId}: the plot alone, for a frame on another page. */
import { fetchHistory, objectAddress } from '../api.ts'
import { BandLegend } from './band-legend.ts'
import { showConnection } from '../connection.ts'
import { part } from '../elements.ts'
import { forecastInWords } from './forecast-words.ts'
import { plottable } from './light-curve-data.ts'
import { LightCurvePlot } from './light-curve-plot.ts'
import { diaObjectIdOfPage, plottedAt, viewObject } from './object-view.ts'
import { describePoint } from './point-words.ts'
import { declineReason } from '../reasons.ts'
import { probabilityWithError } from '../classes.ts'
import { utc } from '../words.ts'

const MARKS = 'Filled: detections. Hollow: forced photometry. P(Ia): after each point, as the light curve is now; rings, as published.'

const FORECAST = 'Dashed, with an area: forecast, 68 %.'

const diaObjectId = diaObjectIdOfPage()
const query = new URLSearchParams(location.search)
const given = query.get('asOf')
const asOf = given !== null && !Number.isNaN(Date.parse(given)) ? new Date(given).toISOString() : null
const scheme = query.get('theme')
if (scheme === 'light' || scheme === 'dark') document.documentElement.style.colorScheme = scheme

document.title = `P(Ia) of ${diaObjectId}: Candela`
const link = part<HTMLAnchorElement>('object-link')
link.textContent = diaObjectId
link.href = objectAddress('objects', diaObjectId)

const plot = new LightCurvePlot({
  frame: part('plot'),
  flux: part('flux'),
  chance: part('chance'),
  onPoint: point => { part('readout').textContent = point === null ? marks : describePoint(point) }
})
let marks = MARKS
part('readout').textContent = marks
const legend = new BandLegend(part('bands'), (band, shown) => plot.showBand(band, shown))

viewObject({
  diaObjectId,
  follow: asOf === null && query.get('live') !== '0',
  onConnection: showConnection,
  onProblem: problem => { part('state').textContent = problem.message },
  async onRead (known) {
    const published = asOf === null ? known.history : await fetchHistory(diaObjectId, { asOf })
    const standing = asOf === null ? known.object.classification : published.at(-1) ?? null
    const { declined } = known.object
    part('state').textContent = standing === null
      ? `No classification${asOf === null && declined !== null ? `: ${declineReason(declined)}` : ''}`
      : `P(Ia) ${probabilityWithError(standing)} after ${standing.epochs} ${standing.epochs === 1 ? 'epoch' : 'epochs'}${asOf === null ? '' : `, as of ${utc(asOf)} UTC`}`
    const plotted = plottedAt(known, published, asOf)
    legend.show(plottable(known.curve?.points ?? []))
    plot.show(plotted)
    const { forecast } = plotted
    const former = marks
    marks = forecast === null ? MARKS : `${MARKS} ${FORECAST}${forecast.phase === null ? '' : ' Diamonds: its peak.'}`
    if (part('readout').textContent === former) part('readout').textContent = marks
    part('forecast-said').textContent = forecast === null ? '' : forecastInWords(forecast)
  }
})

/** P(Ia) over time under the light curve, as in Charnock & Moss 2017 (arXiv:1606.07442), fig. 3. */
import type { Band } from '../../alert/alert.ts'
import { steppedPoints } from '../../light-curve/window.ts'
import { outcomeAt } from '../evaluation/evaluate.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import { PHOTO_Z, type ReportFacts } from './facts.ts'
import type { DataRow, Figure, Section } from '../../report/section.ts'
import { inOrderOfTypes } from './subtypes.ts'
import { photoZColour } from './photo-z-colour.ts'
import { bandColour, bandShape, colour } from '../../report/theme.ts'

const OF_EACH_CLASS = 2
const FEWEST_EPOCHS = 20

/** Ia, Ib/c or II for the supernovae, the type itself for all else. */
export const mainClass = (type: string): string => /^I[bc]/.test(type) ? 'Ib/c' : type.startsWith('II') ? 'II' : type

const bySnid = new Intl.Collator('en', { numeric: true })

/**
 * Places of the objects to show: of each main class the first two by SNID with at least 20 epochs. Nothing of what the
 * model says of them has a part in the choice.
 */
export function chosenObjects ({ objects, played }: Pick<ReportFacts, 'objects' | 'played'>): number[] {
  const places = objects.map((_, place) => place).filter(place => played.known[place]!.times.length >= FEWEST_EPOCHS)
    .sort((a, b) => bySnid.compare(objects[a]!.snid, objects[b]!.snid))
  const classes = [...new Set(places.map(place => mainClass(objects[place]!.type)))].sort(inOrderOfTypes)
  return classes.flatMap(name => places.filter(place => mainClass(objects[place]!.type) === name).slice(0, OF_EACH_CLASS))
}

type EpochRow = DataRow & { band: Band, day: number, probabilityIaPhotoZKnown: number, probabilityIaPhotoZUnknown: number }

/** The true peak, or the first epoch where that is not known [d, MJD TAI]. */
const originOf = ({ objects, played }: ReportFacts, place: number): number => objects[place]!.peakMjd ?? played.known[place]!.times[0]!

/** One row an epoch. `day` counts from `originOf`. */
function rowsOf (facts: ReportFacts, place: number): EpochRow[] {
  const object = facts.objects[place]!
  const origin = originOf(facts, place)
  const probability = (photoZ: 'known' | 'unknown', step: number): number => outcomeAt(facts.played[photoZ][place]!, step, facts.calibrated, facts.shares).probabilityIa
  return steppedPoints(object.points, facts.bands).map(({ midpointMjdTai, band, psfFlux, psfFluxErr }, step) => ({
    snid: object.snid,
    type: object.type,
    midpointMjdTai,
    day: midpointMjdTai - origin,
    band,
    psfFlux,
    psfFluxErr,
    probabilityIaPhotoZKnown: probability('known', step),
    probabilityIaPhotoZUnknown: probability('unknown', step)
  }))
}

function figureOf (object: LabelledObject, rows: readonly EpochRow[], modelBands: readonly Band[], detectionDay: number): Figure {
  const bands = modelBands.filter(band => rows.some(row => row.band === band))
  const width = 480
  const title = object.peakMjd === null ? 'days from the first epoch' : 'days from peak'
  const days = [...rows.map(row => row.day), detectionDay]
  const x = { field: 'day', type: 'quantitative', title: null, scale: { domain: [Math.min(...days), Math.max(...days)], nice: true } }
  const y = (field: string): object => ({ field, type: 'quantitative', title: 'psfFlux [nJy]', axis: { tickCount: 5 } })
  const detection = { data: { values: [{ day: detectionDay }] }, mark: { type: 'rule', strokeDash: [2, 3], color: colour('quiet') }, encoding: { x: { ...x, title } } }
  const probabilities = PHOTO_Z.flatMap(photoZ => rows.map(row => ({
    day: row.day, photoZ, probabilityIa: row[photoZ === 'known' ? 'probabilityIaPhotoZKnown' : 'probabilityIaPhotoZUnknown']
  })))
  const atEnd = PHOTO_Z.map(photoZ => `${probabilities.findLast(row => row.photoZ === photoZ)!.probabilityIa.toFixed(3)} with photo-z ${photoZ}`).join(', ')
  const redshift = object.redshift === null ? '' : `, z = ${object.redshift.toFixed(3)}`
  return {
    title: `SN ${object.snid}, type ${object.type}${redshift}`,
    alternative: `Above, the flux in ${bands.join(', ')} with its errors over the ${title}; below, P(Ia) after each epoch, at the end ${atEnd}.`,
    spec: {
      spacing: 8,
      resolve: { scale: { color: 'independent', stroke: 'independent' } },
      vconcat: [
        {
          width,
          height: 170,
          data: { values: rows },
          layer: [
            { data: { values: [{ zero: 0 }] }, mark: { type: 'rule', color: colour('quiet') }, encoding: { y: { field: 'zero', type: 'quantitative' } } },
            { ...detection, encoding: { x: { ...x, axis: { labels: false, ticks: false, title: null } } } },
            {
              transform: [{ calculate: 'datum.psfFlux - datum.psfFluxErr', as: 'low' }, { calculate: 'datum.psfFlux + datum.psfFluxErr', as: 'high' }],
              mark: { type: 'rule', strokeWidth: 1, opacity: 0.7 },
              encoding: { x, y: y('low'), y2: { field: 'high' }, stroke: { ...bandColour(bands), legend: null } }
            },
            { mark: { type: 'point', filled: true, size: 28, opacity: 1 }, encoding: { x, y: y('psfFlux'), fill: bandColour(bands), shape: bandShape(bands) } }
          ]
        },
        {
          width,
          height: 90,
          layer: [
            { data: { values: [{ half: 0.5 }] }, mark: { type: 'rule', strokeDash: [2, 3], color: colour('quiet') }, encoding: { y: { field: 'half', type: 'quantitative' } } },
            detection,
            {
              data: { values: probabilities },
              mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.6 },
              encoding: { x: { ...x, title }, y: { field: 'probabilityIa', type: 'quantitative', title: 'P(Ia)', scale: { domain: [0, 1] }, axis: { tickCount: 3 } }, color: photoZColour }
            }
          ]
        }
      ]
    }
  }
}

export function lightCurveSection (facts: ReportFacts): Section {
  const curves = chosenObjects(facts).map(place => ({ place, rows: rowsOf(facts, place) }))
  return {
    id: 'light-curves',
    title: 'P(Ia) over time',
    text: [`The first ${OF_EACH_CLASS} objects by SNID of each main class with at least ${FEWEST_EPOCHS} epochs: the light curve in the model's bands, and below it P(Ia) after every epoch. The upright dotted line is the first detection, from which on a live stream gives P(Ia).`],
    ...(curves.length === 0 ? { absent: `No object has ${FEWEST_EPOCHS} epochs.` } : {}),
    figures: curves.map(({ place, rows }) => figureOf(facts.objects[place]!, rows, facts.bands, facts.played.known[place]!.firstDetection! - originOf(facts, place))),
    tables: [],
    wide: true,
    data: { file: 'light-curves.csv', rows: curves.flatMap(({ rows }) => rows) }
  }
}

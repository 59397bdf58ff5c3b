/** Reliability diagrams, and the calibration error by number of epochs. */
import { CALIBRATED_FROM_EPOCHS, earlyOutcomes, finalOutcomes } from '../evaluation/evaluate.ts'
import { calibrationNoise, expectedCalibrationError } from '../evaluation/metrics.ts'
import type { PhotoZ } from '../evaluation/playback.ts'
import { reliabilityOf, type ReliabilityPoint } from '../evaluation/reliability.ts'
import { fixed, PHOTO_Z, type ReportFacts } from './facts.ts'
import type { DataRow, Figure, Section } from '../../report/section.ts'
import { colour } from '../../report/theme.ts'
import { colourOf, photoZColour } from './photo-z-colour.ts'

const WHEN = { end: finalOutcomes, early: earlyOutcomes }
/** What the calibration error is to stay below. */
const AIM = { end: 0.01, byEpochs: 0.02 }

function panel (rows: readonly ReliabilityPoint[], photoZ: PhotoZ, ece: number | null, noise: number | null): object {
  const x = (field: string): object => ({ field, type: 'quantitative', title: 'P(Ia)', scale: { domain: [0, 1] }, axis: { tickCount: 5 } })
  const y = (field: string): object => ({ field, type: 'quantitative', title: 'share of Ia', scale: { domain: [0, 1] }, axis: { tickCount: 5 } })
  const fill = colourOf(photoZ)
  return {
    title: [`photo-z ${photoZ}`, `ECE ${fixed(ece, 4)} (${fixed(noise, 4)} by chance)`],
    data: { values: rows },
    spacing: 6,
    vconcat: [
      {
        width: 195,
        height: 195,
        layer: [
          {
            data: { values: [{ a: 0, b: 0 }, { a: 1, b: 1 }] },
            mark: { type: 'line', strokeWidth: 1, strokeDash: [2, 3], color: colour('quiet') },
            encoding: { x: { ...x('a'), axis: { labels: false, ticks: false, title: null, tickCount: 5 } }, y: y('b') }
          },
          { mark: { type: 'rule', color: fill, strokeWidth: 1.5 }, encoding: { x: x('meanProbabilityIa'), y: y('shareLow'), y2: { field: 'shareHigh' } } },
          { mark: { type: 'point', filled: true, size: 40, opacity: 1, color: fill }, encoding: { x: x('meanProbabilityIa'), y: y('shareIa') } }
        ]
      },
      {
        width: 195,
        height: 55,
        mark: { type: 'bar', color: fill, binSpacing: 1 },
        encoding: {
          x: { ...x('from'), bin: 'binned' },
          x2: { field: 'to' },
          y: { field: 'objects', type: 'quantitative', title: 'objects', axis: { tickCount: 3 } }
        }
      }
    ]
  }
}

function eceFigure (rows: readonly DataRow[]): Figure {
  const x = { field: 'epochs', type: 'quantitative', title: 'epochs' }
  return {
    title: 'Calibration error by number of epochs',
    alternative: 'ECE over the number of epochs, photo-z known and unknown; dashed, what chance alone would give with as many objects; a line at 0.02.',
    spec: {
      data: { values: rows },
      width: 460,
      height: 170,
      layer: [
        { data: { values: [{ aim: AIM.byEpochs }] }, mark: { type: 'rule', color: colour('quiet') }, encoding: { y: { field: 'aim', type: 'quantitative' } } },
        { mark: { type: 'line' }, encoding: { x, y: { field: 'ece', type: 'quantitative', title: 'ECE', scale: { zero: true } }, color: photoZColour } },
        { mark: { type: 'line', strokeDash: [4, 3], strokeWidth: 1.2 }, encoding: { x, y: { field: 'eceNoise', type: 'quantitative', title: 'ECE' }, color: photoZColour } }
      ]
    }
  }
}

export function reliabilitySection ({ played, calibrated, shares, evaluation }: ReportFacts): Section {
  const diagrams = Object.entries(WHEN).map(([when, outcomesOf]) => ({
    when,
    panels: PHOTO_Z.map(photoZ => {
      const outcomes = outcomesOf(played[photoZ], calibrated, shares)
      return { photoZ, rows: reliabilityOf(outcomes), ece: expectedCalibrationError(outcomes), noise: calibrationNoise(outcomes) }
    })
  }))
  const eceRows = PHOTO_Z.flatMap(photoZ => evaluation[photoZ].byEpochs.map(({ epochs, ece, eceNoise }) => ({ photoZ, epochs, ece, eceNoise })))
  return {
    id: 'reliability',
    title: 'Calibration',
    text: [
      `Of the objects with a P(Ia) of 0.7, seven in ten should be Ia. Points: share of Ia in 15 bins of P(Ia), with 68 % intervals from the counts (Wilson's); below, how many objects each bin holds. ECE is the mean distance from the diagonal, weighted by the objects; the aim is below ${AIM.end} at the end and below ${AIM.byEpochs} at every number of epochs from ${CALIBRATED_FROM_EPOCHS} on.`,
      'Counts scatter even where every P(Ia) is right: an ECE near what chance alone would give with as many objects (dashed) cannot be told from a perfect one.'
    ],
    figures: [
      ...diagrams.map(({ when, panels }): Figure => ({
        title: when === 'end' ? 'Reliability at the end of the light curve' : 'Reliability early',
        alternative: `Share of Ia over the mean P(Ia) of each bin, with a histogram of the objects: ${panels.map(({ photoZ, ece }) => `photo-z ${photoZ}, ECE ${fixed(ece, 4)}`).join('; ')}.`,
        spec: { hconcat: panels.map(({ rows, photoZ, ece, noise }) => panel(rows, photoZ, ece, noise)) }
      })),
      ...(eceRows.length === 0 ? [] : [eceFigure(eceRows)])
    ],
    tables: [],
    wide: true,
    data: { file: 'reliability.csv', rows: diagrams.flatMap(({ when, panels }) => panels.flatMap(({ photoZ, rows }) => rows.map(row => ({ when, photoZ, ...row })))) }
  }
}

/** The report of an evaluation: index.html, and every number in it as CSV and JSON. */
import { outcomeAt } from '../evaluation/evaluate.ts'
import { byDaysSection } from './by-days.ts'
import { byEpochsSection } from './by-epochs.ts'
import { byPhaseSection } from './by-phase.ts'
import { confusionSection } from './confusion.ts'
import { errorsSection } from './errors.ts'
import { PHOTO_Z, type ReportFacts } from './facts.ts'
import { csvLines } from '../../report/csv.ts'
import { openReportFolder } from '../../report/folder.ts'
import { reportPage } from '../../report/page.ts'
import type { Plot } from '../../report/plot.ts'
import type { DataRow, Section } from '../../report/section.ts'
import { forecastPeaksSection, forecastSection } from './forecast.ts'
import { headlineSection } from './headline.ts'
import { lightCurveSection } from './light-curves.ts'
import { reliabilitySection } from './reliability.ts'
import { rocSection } from './roc.ts'
import { setsSection } from './sets.ts'
import { subtypeSection } from './subtypes.ts'
import { worstSection } from './worst.ts'

export interface ReportWriter {
  /** @throws CandelaError `report-unwritable` */
  write (facts: ReportFacts): Promise<void>
}

const FILES = {
  'metrics.json': 'the measured figures, by number of epochs and by phase, and where they are from',
  'objects.csv': 'one line an object: true type, redshift and peak, P(Ia) at the end and early',
  'predictions.csv': 'one line an epoch: P(Ia) with photo-z known and unknown'
}

/** In the order of the page, behind the headline and the sets; two that are not wide stand side by side. */
const SECTIONS = [rocSection, worstSection, byEpochsSection, byPhaseSection, subtypeSection, reliabilitySection, lightCurveSection]

/** Those of sets and days, then those of classes. */
const skySections = (facts: ReportFacts): Section[] =>
  [setsSection, byDaysSection, ...facts.calibrated.classes === null ? [] : [confusionSection, errorsSection]].map(section => section(facts.sky))

/** Of a model with a decoder. */
const forecastSections = ({ forecast }: ReportFacts): Section[] => forecast ? [forecastSection(forecast), forecastPeaksSection(forecast)] : []

/**
 * Makes sure that a report can be written, before the work and not after it. Files of an earlier report are replaced.
 * @throws CandelaError `report-unwritable`, or `plots-missing` where Vega is not installed
 */
export async function openReport (folder: string): Promise<ReportWriter> {
  const opened = await openReportFolder(folder, { flag: '--report', otherwise: 'leave out --report' })
  return { write: async facts => await opened.write(await reportFiles(facts, opened.plot)) }
}

function * objectRows ({ objects, played, calibrated, shares }: ReportFacts): Generator<DataRow> {
  for (const [k, { snid, type, redshift, peakMjd }] of objects.entries()) {
    const { times, early, isIa } = played.known[k]!
    const [known, unknown] = PHOTO_Z.map(photoZ => {
      const at = (step: number): number => outcomeAt(played[photoZ][k]!, step, calibrated, shares).probabilityIa
      return { end: at(times.length - 1), early: at(early) }
    })
    yield {
      snid,
      type,
      typeIa: isIa,
      redshift,
      peakMjd,
      epochs: times.length,
      earlyEpoch: early + 1,
      endPhotoZKnown: known!.end,
      endPhotoZUnknown: unknown!.end,
      earlyPhotoZKnown: known!.early,
      earlyPhotoZUnknown: unknown!.early
    }
  }
}

function * epochRows ({ objects, played, calibrated, shares }: ReportFacts): Generator<DataRow> {
  for (const [k, { snid }] of objects.entries()) {
    for (const [step, midpointMjdTai] of played.known[k]!.times.entries()) {
      const [known, unknown] = PHOTO_Z.map(photoZ => Number(outcomeAt(played[photoZ][k]!, step, calibrated, shares).probabilityIa.toFixed(6)))
      yield { snid, epoch: step + 1, midpointMjdTai, photoZKnown: known!, photoZUnknown: unknown! }
    }
  }
}

const metricsJson = (facts: ReportFacts, sections: readonly Section[]): string => JSON.stringify({
  model: facts.model,
  origin: Object.fromEntries(facts.origin),
  photoZKnown: facts.evaluation.known,
  photoZUnknown: facts.evaluation.unknown,
  sky: facts.sky.evaluation,
  ...facts.forecast ? { forecast: facts.forecast } : {},
  ...Object.fromEntries(sections.filter(({ id }) => id === 'by-phase' || id === 'subtypes').map(({ id, data }) => [id === 'by-phase' ? 'byPhase' : id, data.rows]))
}, null, 1) + '\n'

/** Every file of a report by name; long ones line by line. */
export async function reportFiles (facts: ReportFacts, plot: Plot): Promise<Map<string, string | Iterable<string>>> {
  const sections = [headlineSection(facts), ...skySections(facts), ...SECTIONS.map(section => section(facts)), ...forecastSections(facts)]
  const files = new Map<string, string | Iterable<string>>()
  files.set('index.html', await reportPage({ title: `How well ${facts.model} classifies`, origin: facts.origin, sections, files: FILES }, plot))
  files.set('metrics.json', metricsJson(facts, sections))
  files.set('objects.csv', csvLines(objectRows(facts)))
  files.set('predictions.csv', csvLines(epochRows(facts)))
  for (const { data } of sections) files.set(data.file, csvLines(data.rows))
  return files
}

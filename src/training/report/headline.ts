/** The table of the model beside what was published on the same simulated set. */
import { isNoBetter, type Metrics } from '../evaluation/metrics.ts'
import { CALIBRATED_FROM_EPOCHS, CALIBRATED_FROM_OBJECTS, worstCalibrated } from '../evaluation/evaluate.ts'
import { fixed, PHOTO_Z, type ReportFacts } from './facts.ts'
import type { Section } from '../../report/section.ts'

interface Published {
  who: string
  photoZ: 'known' | 'unknown'
  when: 'end' | 'early'
  trainingObjects: number
  /** [%] */
  accuracy: number
  auc: number
  figureOfMerit: number
}

const CHARNOCK_MOSS = 'Charnock & Moss 2017 (arXiv:1606.07442)'
const MOSS = 'Moss 2018 (arXiv:1810.06441)'

/** Tables of both papers, all on the SPCC set after unblinding. */
export const PUBLISHED: readonly Published[] = [
  { who: CHARNOCK_MOSS, photoZ: 'known', when: 'end', trainingObjects: 10_660, accuracy: 94.7, auc: 0.986, figureOfMerit: 0.64 },
  { who: CHARNOCK_MOSS, photoZ: 'known', when: 'early', trainingObjects: 10_660, accuracy: 93.1, auc: 0.977, figureOfMerit: 0.58 },
  { who: CHARNOCK_MOSS, photoZ: 'unknown', when: 'end', trainingObjects: 10_660, accuracy: 93.6, auc: 0.981, figureOfMerit: 0.60 },
  { who: CHARNOCK_MOSS, photoZ: 'unknown', when: 'early', trainingObjects: 10_660, accuracy: 92.0, auc: 0.970, figureOfMerit: 0.53 },
  { who: CHARNOCK_MOSS, photoZ: 'known', when: 'end', trainingObjects: 1103, accuracy: 85.9, auc: 0.910, figureOfMerit: 0.31 },
  { who: CHARNOCK_MOSS, photoZ: 'unknown', when: 'end', trainingObjects: 1103, accuracy: 84.6, auc: 0.901, figureOfMerit: 0.28 },
  { who: MOSS, photoZ: 'known', when: 'end', trainingObjects: 10_660, accuracy: 96.6, auc: 0.995, figureOfMerit: 0.76 },
  { who: MOSS, photoZ: 'known', when: 'end', trainingObjects: 1103, accuracy: 93.2, auc: 0.980, figureOfMerit: 0.57 }
]

const COLUMNS = ['classifier', 'training objects', 'photo-z', 'when', 'accuracy %', 'AUC', 'figure of merit', 'completeness', 'purity', 'ECE']

function calibrationSentence ({ evaluation }: ReportFacts): string {
  const said = PHOTO_Z.map(photoZ => {
    const worst = worstCalibrated(evaluation[photoZ].byEpochs)
    return worst === null
      ? null
      : `${worst.ece.toFixed(4)} after ${worst.epochs} epochs with photo-z ${photoZ} (${worst.objects} objects, where ${worst.eceNoise.toFixed(4)} would be chance)`
  })
  const rule = `from ${CALIBRATED_FROM_EPOCHS} epochs on, with at least ${CALIBRATED_FROM_OBJECTS} objects`
  return said.includes(null) ? `Too few objects to judge the calibration ${rule}.` : `The largest calibration error (ECE) ${rule}: ${said.join('; ')}.`
}

const KINDS = PHOTO_Z.flatMap(photoZ => (['end', 'early'] as const).map(when => ({ photoZ, when })))

/** Where the model tells no more right than one word for all objects. */
function baselineSentence ({ model, evaluation }: ReportFacts): string {
  const { baseline } = evaluation.known
  const none = KINDS.filter(({ photoZ, when }) => isNoBetter(evaluation[photoZ][when === 'end' ? 'final' : 'early'], baseline))
  const rule = `Calling every object ${baseline?.commonest ?? 'the commonest class'} would be right for ${fixed(baseline?.accuracy, 2)} %.`
  return none.length === 0 ? rule : `${rule} ${model} is no better than that ${none.map(({ photoZ, when }) => `${when === 'end' ? 'at the end' : 'early'} with photo-z ${photoZ}`).join(', ')}.`
}

type Line = Partial<Metrics> & Pick<Published, 'who' | 'photoZ' | 'when'> & { trainingObjects: number | null }

export function headlineSection (facts: ReportFacts): Section {
  const lines = KINDS.flatMap(({ photoZ, when }): Line[] => [
    { who: facts.model, trainingObjects: facts.trainingObjects, photoZ, when, ...facts.evaluation[photoZ][when === 'end' ? 'final' : 'early'] },
    ...PUBLISHED.filter(published => published.photoZ === photoZ && published.when === when)
  ])
  const row = (line: Line): string[] => {
    const digits = line.ece === undefined ? 3 : 4
    return [
      line.who, line.trainingObjects?.toLocaleString('en') ?? '–', line.photoZ, line.when, fixed(line.accuracy, digits - 2), fixed(line.auc, digits),
      fixed(line.figureOfMerit, digits - 1), fixed(line.completeness, 3), fixed(line.purity, 3), fixed(line.ece, 4)
    ]
  }
  return {
    id: 'table',
    title: 'How many are told right',
    text: [
      'Called Ia where P(Ia) > 0.5. End: after the last epoch. Early: after the night of the sixth observation with S/N > 4, or at the end where there are fewer. Figure of merit = completeness × TP/(TP + 3·FP), Kessler et al. 2010. An object that was never detected counts with P(Ia) = 0.5, as not Ia.',
      'The published figures are of the SPCC simulations after unblinding. Theirs use the whole light curve to fill gaps between points, and another split of the objects; here every P(Ia) comes from the past alone. On other data they are no comparison.',
      baselineSentence(facts),
      calibrationSentence(facts)
    ],
    figures: [],
    tables: [{ caption: `${facts.model} beside what was published`, columns: COLUMNS, rows: lines.map(row), strong: lines.flatMap(({ who }, k) => who === facts.model ? [k] : []) }],
    wide: true,
    data: {
      file: 'table.csv',
      rows: lines.map(line => ({
        classifier: line.who,
        trainingObjects: line.trainingObjects,
        photoZ: line.photoZ,
        when: line.when,
        accuracy: line.accuracy ?? null,
        auc: line.auc ?? null,
        figureOfMerit: line.figureOfMerit ?? null,
        completeness: line.completeness ?? null,
        purity: line.purity ?? null,
        ece: line.ece ?? null
      }))
    }
  }
}

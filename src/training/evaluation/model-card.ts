/** What a model says of itself: card.json. */
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import type { ModelCard } from '../../model/model-file.ts'
import { classesSchema, type Classes } from '../data/classes.ts'
import { CALIBRATED_FROM_EPOCHS, CALIBRATED_FROM_OBJECTS, worstCalibrated, type Evaluation } from './evaluate.ts'
import { forecastOfCard, type MeasuredForecast } from './forecast/forecast-of-card.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import { baselineOf, type Baseline, type Metrics } from './metrics.ts'
import type { ReliabilityPoint } from './reliability.ts'
import { calibrationOfCard, skyOfCard, type MeasuredSky } from './sky-of-card.ts'
import type { TrainingSettings } from '../settings.ts'
import { fingerprintOf, splitObjects, TRAINING_SAMPLES, type Split, type SplitObject, type SplitSettings } from '../data/split.ts'
import type { TrainedNetwork } from '../train.ts'

/** How the objects were split, and a fingerprint of the SNIDs, so that the test part can be found again. */
const splitSchema = z.object({
  /** `splitSeed` of the settings. */
  seed: z.int(),
  trainingSample: z.enum(TRAINING_SAMPLES).default('any'),
  trainingObjects: z.int(),
  validationObjects: z.int(),
  testObjects: z.int().nullable().default(null),
  objects: z.int(),
  fingerprint: z.string()
})

export interface CardFacts {
  name: string
  version: string
  settings: TrainingSettings
  trained: TrainedNetwork
  /** All objects, the test part among them. */
  objects: readonly LabelledObject[]
  /** Of the test part, by what was known of the photo-z; null where there is no test part. */
  table: Record<'known' | 'unknown', Evaluation> | null
  /** Of the test part by set, type and class; for models with classes. */
  sky?: MeasuredSky | null
  /** Of the test part by class and horizon; for models with a decoder. */
  forecast?: MeasuredForecast | null
  /** The command line that was given. */
  command: string
}

const round = (value: number | null, digits: number): number | null => value === null ? null : Number(value.toFixed(digits))

/** Null where a figure is not defined. */
export const rounded = (metrics: Metrics): Metrics => ({
  accuracy: round(metrics.accuracy, 2),
  auc: round(metrics.auc, 4),
  figureOfMerit: round(metrics.figureOfMerit, 4),
  completeness: round(metrics.completeness, 4),
  purity: round(metrics.purity, 4),
  ece: round(metrics.ece, 4)
})

const roundedBaseline = (baseline: Baseline | null): Baseline | null => baseline && { commonest: baseline.commonest, accuracy: Number(baseline.accuracy.toFixed(2)) }

/** What a table of a card says of the objects it was measured on. */
export const countedObjects = (objects: number, typeIa: number): object => ({ objects, typeIa, baseline: roundedBaseline(baselineOf(objects, typeIa)) })

/** Explains the figures of a table. */
export const UNITS = 'accuracy in per cent, and baseline.accuracy that of calling every object the commonest class; figureOfMerit = completeness × TP/(TP+3·FP); ece in 15 bins; null = not defined'

const roundedPoint = (point: ReliabilityPoint): object => Object.fromEntries(Object.entries(point).map(([name, value]) => [name, Number(value.toFixed(4))]))

function countedTypes (objects: readonly LabelledObject[]): Record<string, number> {
  const counts = Object.create(null) as Record<string, number>
  for (const { type } of objects) counts[type] = (counts[type] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1))
}

/** What a card says of the objects, their classes and their split. */
export function dataOfCard (objects: readonly LabelledObject[], settings: SplitSettings & { classes: Classes | null }): object {
  const { classes, splitSeed, trainingSample, trainingObjects, validationObjects, testObjects } = settings
  return {
    objects: { total: objects.length, byType: countedTypes(objects) },
    classes,
    split: { seed: splitSeed, trainingSample, trainingObjects, validationObjects, testObjects, objects: objects.length, fingerprint: fingerprintOf(objects.map(({ snid }) => snid)) }
  }
}

/** card.json of a freshly trained model; `settings.about` stands in it as given, below what the training itself knows. */
export function makeCard ({ name, version, settings, trained, objects, table, sky, forecast, command }: CardFacts): ModelCard {
  const { about } = settings
  const lines = ({ final, early, byEpochs, reliability }: Evaluation): object => {
    const worst = worstCalibrated(byEpochs)
    return {
      final: rounded(final),
      early: rounded(early),
      largestEce: worst && { ece: Number(worst.ece.toFixed(4)), epochs: worst.epochs, objects: worst.objects },
      reliability: { final: reliability.final.map(roundedPoint), early: reliability.early.map(roundedPoint) }
    }
  }
  return Object.assign({ name, version }, about, {
    name,
    version,
    ...dataOfCard(objects, settings),
    table: table === null
      ? null
      : {
          part: 'test',
          ...countedObjects(table.known.objects, table.known.typeIa),
          photoZKnown: lines(table.known),
          photoZUnknown: lines(table.unknown),
          units: `${UNITS}; early = after the night of the sixth observation with S/N > 4; reliability = objects and Ia in 15 bins of P(Ia), with the 68 % interval of the share of Ia; largestEce = of all numbers of epochs from ${CALIBRATED_FROM_EPOCHS} on that ${CALIBRATED_FROM_OBJECTS} objects reach`
        },
    ...sky ? skyOfCard(sky) : {},
    ...forecast ? forecastOfCard(forecast) : {},
    ...calibrationOfCard(trained.calibrated),
    training: { passes: trained.passesDone, ended: trained.ending.reason, bestPass: trained.bestPass, validationLoss: Number(trained.validationLoss.toFixed(4)), validationAccuracy: round(trained.validation.accuracy, 2), validationBaseline: roundedBaseline(trained.validation.baseline), settings: 'training.json' },
    engine: trained.engine,
    date: new Date().toISOString().slice(0, 10),
    command
  })
}

/** Number of objects that a model was trained on, validation among them; null where its card does not say. */
export function trainingObjectsOfCard (card: ModelCard): number | null {
  const parsed = splitSchema.safeParse(card['split'])
  return parsed.success ? parsed.data.trainingObjects : null
}

/**
 * The classes that a model was trained with; null where each type was a class.
 * @throws CandelaError `model-classes-invalid`
 */
export function classesOfCard (card: ModelCard): Classes | null {
  const parsed = classesSchema.nullable().default(null).safeParse(card['classes'])
  if (parsed.success) return parsed.data
  throw new CandelaError('model-classes-invalid', `classes in the model's card.json: ${z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' ')}`, {
    cause: parsed.error, action: 'Give the classes with --classes.'
  })
}

/** Whether these are the very objects that a model was split from. */
export function isOfCard (card: ModelCard, snids: readonly string[]): boolean {
  const parsed = splitSchema.safeParse(card['split'])
  return parsed.success && parsed.data.fingerprint === fingerprintOf(snids)
}

/**
 * Splits objects as the model's training did.
 * @throws CandelaError `model-split-unknown` where the card names no split, `other-objects` where these are not the
 *   objects that the split was made of
 */
export function splitOfCard (card: ModelCard, given: readonly SplitObject[]): Split {
  const parsed = splitSchema.safeParse(card['split'])
  if (!parsed.success) {
    throw new CandelaError('model-split-unknown', 'the model\'s card.json does not say how its objects were split', { action: 'Evaluate on all objects (--part all).' })
  }
  const { objects, fingerprint, seed, ...parts } = parsed.data
  if (fingerprintOf(given.map(({ snid }) => snid)) !== fingerprint) {
    throw new CandelaError('other-objects', `the model was split from ${objects} objects, and these ${given.length} are not the same ones`, {
      action: 'Give exactly the data that the model was trained on, or evaluate on all objects given (--part all).'
    })
  }
  return splitObjects(given, { splitSeed: seed, ...parts })
}

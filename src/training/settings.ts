/** Every setting of a training run; training.json beside a model holds one of these. */
import { z } from 'zod'
import { BANDS } from '../alert/alert.ts'
import { FEATURE_VERSIONS } from '../light-curve/features/features.ts'
import { CELL_NAMES } from '../model/cells/layout.ts'
import { CONSENSUSES } from '../model/shape.ts'
import { classesSchema } from './data/classes.ts'
import { TRAINING_SAMPLES } from './data/split.ts'

const share = z.number().min(0).max(1)

export const trainingSettingsSchema = z.strictObject({
  /** Free text for the card: training data, intended use, known weaknesses. */
  about: z.record(z.string(), z.unknown()).default({}),
  /** Which type labels make which class, and which count as Ia; null: each label is a class, and 'Ia' counts as Ia. */
  classes: classesSchema.nullable().default(null),
  /** Decides the first weights, the order, the augmentation and the dropout. */
  seed: z.int().min(0).default(1),
  /** Which objects training and validation part are cut from; of `spectroscopic` the test part is all others. */
  trainingSample: z.enum(TRAINING_SAMPLES).default('any'),
  trainingObjects: z.int().positive().default(10_660),
  validationObjects: z.int().positive().default(1066),
  bands: z.array(z.enum(BANDS)).min(1).refine(bands => new Set(bands).size === bands.length, 'a band is there twice').default(['g', 'r', 'i', 'z']),
  /** What the network says: whether the object is a Ia, or its class among those of `classes`. */
  outcome: z.enum(['ia', 'classes']).default('ia'),
  /** Version of the features. */
  features: z.literal(FEATURE_VERSIONS).default(1),
  /** Recurrent cell of every layer. */
  cell: z.enum(CELL_NAMES).default('lstm'),
  layers: z.int().min(1).max(4).default(2),
  width: z.int().min(1).max(256).default(64),
  /** What the head is shown of the epochs so far, see NetworkShape. */
  consensus: z.enum(CONSENSUSES).default('mean'),
  /** Heads of a network that ends in classes; each learns from its own random choice of two thirds of the objects. */
  heads: z.int().min(1).max(16).default(1),
  headWidth: z.int().min(1).max(256).default(64),
  /** The decoder that forecasts from the carried state, see DecoderShape; null: none. */
  decoder: z.strictObject({ width: z.int().min(1).max(256), days: z.int().min(1).max(100) }).nullable().default(null),
  /** Weight of the losses of forecasts and phase beside that of the classification. */
  forecastWeight: z.number().min(0).default(0.1),
  /** Epochs of each light curve that are forecast from in a pass. */
  forecastEpochs: z.int().min(1).max(32).default(3),
  /** Times every training object is seen. */
  passes: z.int().positive().default(150),
  /** Objects an update of the weights. */
  batch: z.int().min(2).default(64),
  /** Batches whose light curves are sorted by length together, so that batches hold little padding. */
  sortedBatches: z.int().positive().default(8),
  peakRate: z.number().positive().default(6e-3),
  /** Share of all updates over which the rate rises. */
  warmUp: share.default(0.2),
  weightDecay: z.number().min(0).default(0.01),
  /** Largest norm of the gradient of all weights. */
  gradientNorm: z.number().positive().default(1),
  /** Share of each layer's outputs set to zero. */
  dropout: z.number().min(0).max(0.9).default(0.1),
  /** Weight of the auxiliary losses beside that of the classification. */
  auxiliaryWeight: z.number().min(0).default(0.3),
  /** Share of the loss that the last step of a light curve has; the rest is the mean over its steps. */
  lastStepShare: share.default(0.5),
  /** Steps that gradients go back, counted in chunks from a light curve's start; null for the whole light curve. */
  truncate: z.int().min(1).nullable().default(null),
  /** Passes between two looks at the validation part. */
  validateEvery: z.int().positive().default(5),
  /**
   * How often an object is seen in a pass, by the name of what --data gave it in (the last part of a path) and by class,
   * '*' for all others: 0.3 is three passes of ten. Where nothing is named, once.
   */
  repeat: z.record(z.string(), z.record(z.string(), z.number().min(0).max(100))).default({}),
  /** Most steps of a light curve; of a longer one a random part is taken. Null: all. */
  mostSteps: z.int().min(2).nullable().default(null),
  augmentation: z.strictObject({
    hidePhotoZ: share.default(0.3),
    hideExtinction: share.default(0.3),
    /** Share of simulated light curves whose noise is drawn anew, and of photo-z drawn anew around the true redshift. */
    redrawNoise: share.default(0.6),
    redrawPhotoZ: share.default(0.5),
    /** Share of simulated light curves seen at the times and depths of another object, its peak moved by up to `peakShift` [d]. */
    reobserve: share.default(0.6),
    peakShift: z.number().min(0).default(10),
    /** Standard deviation of the change of ln(1+z), and of ln(sky error), of those. */
    redshiftSpread: z.number().min(0).max(0.2).default(0.02),
    depthSpread: z.number().min(0).max(1).default(0.2),
    /** Up to this share of the points is dropped. */
    dropPoints: share.default(0.25),
    /** Share of light curves that lose bands: at least one, at most all but two (of two bands one, a single one never). */
    dropBands: share.default(0.05),
    /** Share of light curves with inflated noise, and the largest factor. */
    noiseShare: share.default(0.5),
    noiseFactor: z.number().min(1).default(1.04),
    /** Share of light curves in a random choice of bands: from one to all. */
    bandSubset: share.default(0),
    /** Share of light curves that keep their detections alone (S/N > 3 to 5), half of these with negative ones. */
    detectionsOnly: share.default(0),
    /** Scatter of redrawn noise over its error: drawn evenly between these. */
    noiseScatter: z.tuple([z.number().positive(), z.number().positive()]).default([1, 1]),
    /** Share of the light curves without redshift that are moved in brightness, and by how much [mag, 1σ]. */
    moveBrightness: share.default(0),
    brightnessSpread: z.number().min(0).default(0.3),
    /** Share of light curves whose context is hidden, and share of its facts hidden in the others. */
    hideContext: share.default(0),
    hideFact: share.default(0),
    /** Share of light curves that start anywhere up to the first detection. */
    cutStart: share.default(0.5),
    /** Share of light curves that end anywhere after the first detection. */
    cutEnd: share.default(0.3)
  }).prefault({}),
  /** Decides the split, so that trainings of different seeds have the same parts. */
  splitSeed: z.int().min(0).default(1),
  /** Size of the test part, the same objects for any number of training objects; null: all that are not for training. */
  testObjects: z.int().positive().nullable().default(null),
  /**
   * Passes without a better validation loss after which training ends; null: never. The one-cycle rate falls until the
   * last pass, so that a loss that stands still while it is high says little.
   */
  patience: z.int().positive().nullable().default(null),
  /** Passes between two checkpoints; null: one after every look at the validation part. */
  checkpointEvery: z.int().positive().nullable().default(null)
}).superRefine(({ outcome, classes, heads, decoder, features }, context) => {
  if (outcome === 'classes' && classes === null) context.addIssue({ code: 'custom', path: ['outcome'], message: 'a network that ends in classes needs them named: --classes FILE' })
  if (decoder !== null && (outcome === 'ia' || features === 1)) context.addIssue({ code: 'custom', path: ['decoder'], message: 'a decoder needs "outcome": "classes" and "features": 2' })
  if (outcome === 'ia' && heads > 1) context.addIssue({ code: 'custom', path: ['heads'], message: 'several heads need "outcome": "classes"' })
})
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>
export type AugmentationSettings = TrainingSettings['augmentation']

export const defaultSettings = (): TrainingSettings => trainingSettingsSchema.parse({})

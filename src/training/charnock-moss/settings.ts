/** Every setting of a training run of the network of Charnock & Moss 2017 (arXiv:1606.07442). */
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'

/** The smallest training set for which the paper uses [16, 16] (model A); below it is [4] (model B). */
const LARGE_TRAINING_SET = 5000

export const referenceSettingsSchema = z.strictObject({
  /** Free text for the card. */
  about: z.record(z.string(), z.unknown()).default({}),
  /** Decides the split, the first weights, the fillings and the dropout. */
  seed: z.int().min(0).default(1),
  trainingObjects: z.int().positive().default(10_660),
  /** Of those, how many choose the pass; 0 for the weights after the last pass, as theirs. A tenth where not given. */
  validationObjects: z.int().min(0).optional(),
  bands: z.array(z.enum(BANDS)).min(1).default(['g', 'r', 'i', 'z']),
  /** Whether the host's photometric redshift is an input: two networks in theirs. */
  photoZ: z.enum(['known', 'unknown']).default('known'),
  /** Width of each layer. By the number of training objects where not given: [16, 16] from 5,000 on, else [4]. */
  widths: z.array(z.int().min(1).max(256)).min(1).max(4).optional(),
  bidirectional: z.boolean().default(false),
  /** Share of each layer's outputs set to zero. */
  dropout: z.number().min(0).max(0.9).default(0.5),
  /** `constant`: inputs divided by the constants of INPUT_SCALES; `none`: as in the paper. */
  scaling: z.enum(['constant', 'none']).default('constant'),
  /** Times every training object is seen, each time with gaps filled anew. */
  passes: z.int().positive().default(200),
  /** Objects an update of the weights. */
  batch: z.int().min(1).optional(),
  /** `constant`: Adam at the rate, as theirs; `one-cycle`: rising to it and falling. */
  schedule: z.enum(['constant', 'one-cycle']).default('one-cycle'),
  rate: z.number().positive().optional(),
  /** Passes between two looks at the validation part. */
  validateEvery: z.int().positive().default(5)
}).transform(settings => ({
  ...settings,
  validationObjects: settings.validationObjects ?? Math.round(settings.trainingObjects / 10),
  widths: settings.widths ?? (settings.trainingObjects >= LARGE_TRAINING_SET ? [16, 16] : [4]),
  batch: settings.batch ?? 32,
  rate: settings.rate ?? 5e-3
}))
export type ReferenceSettings = z.infer<typeof referenceSettingsSchema>

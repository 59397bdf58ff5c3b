/** Every setting of a training run of the network of Charnock & Moss 2017 (arXiv:1606.07442). */
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'
import { classesSchema } from '../data/classes.ts'
import { TRAINING_SAMPLES } from '../data/split.ts'

/** The smallest training set for which the paper uses [16, 16] (model A); below it is [4] (model B). */
const LARGE_TRAINING_SET = 5000

/** What is taken where not given: a small set needs more passes and smaller batches for as many updates. */
const FOR_LARGE_SETS = { widths: [16, 16], passes: 50, batch: 32 }
const FOR_SMALL_SETS = { widths: [4], passes: 100, batch: 10 }

export const referenceSettingsSchema = z.strictObject({
  /** Free text for the card. */
  about: z.record(z.string(), z.unknown()).default({}),
  /** Which type labels make which class, as for the carried network. */
  classes: classesSchema.nullable().default(null),
  /** Decides the first weights, the fillings and the dropout. */
  seed: z.int().min(0).default(1),
  /** Which objects they are cut from, as for the carried network. */
  trainingSample: z.enum(TRAINING_SAMPLES).default('any'),
  trainingObjects: z.int().positive().default(10_660),
  /** Of those, how many choose the pass; 0 for the weights after the last pass, as theirs. A tenth where not given. */
  validationObjects: z.int().min(0).optional(),
  /** Decides the split, and the size of the test part, as for the carried network. */
  splitSeed: z.int().min(0).default(1),
  testObjects: z.int().positive().nullable().default(null),
  bands: z.array(z.enum(BANDS)).min(1).default(['g', 'r', 'i', 'z']),
  /** Whether the host's photometric redshift is an input: two networks in theirs. */
  photoZ: z.enum(['known', 'unknown']).default('known'),
  /** Width of each layer. */
  widths: z.array(z.int().min(1).max(256)).min(1).max(4).optional(),
  bidirectional: z.boolean().default(false),
  /** Share of each layer's outputs set to zero. */
  dropout: z.number().min(0).max(0.9).default(0.5),
  /** `constant`: inputs divided by the constants of INPUT_SCALES; `none`: as in the paper. */
  scaling: z.enum(['constant', 'none']).default('constant'),
  /** Times every training object is seen, each time with gaps filled anew. */
  passes: z.int().positive().optional(),
  /** Objects an update of the weights. */
  batch: z.int().min(1).optional(),
  /** `constant`: Adam at the rate, as theirs; `one-cycle`: rising to it and falling. */
  schedule: z.enum(['constant', 'one-cycle']).default('one-cycle'),
  rate: z.number().positive().default(5e-3),
  /** Passes between two looks at the validation part. */
  validateEvery: z.int().positive().default(5)
}).transform(settings => {
  const { trainingObjects, validationObjects, widths, passes, batch } = settings
  const fitting = trainingObjects >= LARGE_TRAINING_SET ? FOR_LARGE_SETS : FOR_SMALL_SETS
  return {
    ...settings,
    validationObjects: validationObjects ?? Math.round(trainingObjects / 10),
    widths: widths ?? fitting.widths,
    passes: passes ?? fitting.passes,
    batch: batch ?? fitting.batch
  }
})
export type ReferenceSettings = z.infer<typeof referenceSettingsSchema>

/** /v1/models: which model classifies, in which engine, and its card. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { CELL_NAMES } from '../../model/cells/layout.ts'
import type { ClassShares } from '../../model/classes.ts'
import type { Calibrated } from '../../model/probabilities.ts'
import { CONSENSUSES, type NetworkShape } from '../../model/shape.ts'
import { anyProblem, badRequest, notFound } from '../problems/problems.ts'
import { answer } from '../schemas.ts'

const sharesSchema = z.object({
  name: z.string().describe('Such as training, lsst, ztf, or the name of a file'),
  detections: z.array(z.number()).readonly().describe('Numbers of significant detections, rising; between two of them the logarithms of the shares are interpolated in the logarithm of the number'),
  shares: z.array(z.array(z.number()).readonly()).readonly().describe('For each number of detections the share of each class among the objects with as many, in the order of `classes`; their sum is 1')
})

const summarySchema = z.object({
  name: z.string(),
  version: z.string(),
  bands: z.array(z.enum(BANDS)).readonly().describe('Points in other bands are kept and not stepped'),
  engine: z.object({ name: z.enum(['tensorflow', 'wasm']), version: z.string() }).describe('What computes the step in this process'),
  featureVersion: z.int(),
  cell: z.enum(CELL_NAMES).describe('Recurrent cell of the layers'),
  layers: z.int().describe('Recurrent layers'),
  width: z.int().describe('Width of each layer'),
  calibration: z.object({
    temperature: z.number().describe('Divisor of the logits (Guo et al. 2017); 1 where the model has classes, see `classCalibration`'),
    byEpochs: z.array(z.object({ epochs: z.number(), slope: z.number(), offset: z.number() })).readonly().optional()
      .describe('Then slope and offset of the logit by number of epochs, interpolated in ln(epochs) (Platt 1999)')
  }),
  consensus: z.enum(CONSENSUSES).describe('What the head is shown of the epochs so far: their mean, a mean with learned weights (attention), or both'),
  heads: z.int().min(1).describe('Heads, whose spread gives `probabilityIaErr`'),
  decoder: z.object({
    width: z.int().min(1).describe('Width of its layer'),
    days: z.int().min(1).describe('Days that it learned to forecast, from the newest epoch on')
  }).optional().describe('What forecasts, and tells the phase; absent where the model has none'),
  classes: z.array(z.object({
    name: z.string().describe('As in `classProbabilities`'),
    id: z.int().describe('Its id in the taxonomy of ELAsTiCC'),
    positive: z.boolean().describe('Whether the class counts as Ia in P(Ia)')
  })).readonly().optional().describe('The classes that the model tells apart; this and the two below are absent where it tells Ia from all else alone'),
  classShares: z.array(sharesSchema).readonly().optional().describe('The mixes of classes that probabilities are calibrated for: one, or one for each survey. Each classification names its own. Those of another mix follow by Bayes: p\'(class) ∝ p(class)·share\'(class)/share(class)'),
  classCalibration: z.object({
    byEpochs: z.array(z.object({ epochs: z.number(), slope: z.number(), offsets: z.array(z.number()).readonly() })).readonly()
      .describe('Slope and offsets of the logits of the classes by number of epochs, interpolated in ln(epochs) (Guo et al. 2017, vector scaling)'),
    spread: z.number().describe('Factor of the spread of the heads')
  }).optional().describe('On the mix of the training set, before `classShares`')
}).meta({ id: 'ModelSummary' })

const modelSchema = summarySchema.extend({
  card: z.record(z.string(), z.unknown()).describe('Training data, split, measured table, intended use, limits')
}).meta({ id: 'Model' })

/** A model as it is loaded in this process. */
export type ModelView = z.infer<typeof modelSchema>

type Loaded = Calibrated & { name: string, version: string, shape: NetworkShape, card: Record<string, unknown> }

/** @param shares that probabilities are calibrated for; none where those of the training stay as they are */
export function modelView (model: Loaded, engine: ModelView['engine'], shares: readonly ClassShares[]): ModelView {
  const { name, version, shape: { bands, features, cell, layers, width, consensus, heads, decoder }, card } = model
  const common = { name, version, bands: [...bands], engine, featureVersion: features, cell, layers, width, consensus, heads, ...decoder !== null && { decoder }, card }
  if (model.classes === null) return { ...common, calibration: model.calibration }
  return { ...common, calibration: { temperature: 1 }, classes: model.classes, classShares: shares.length > 0 ? shares : [model.trainingShares], classCalibration: model.calibration }
}

export const models: FastifyPluginAsyncZod<{ models: () => ModelView[] }> = async (app, options) => {
  app.get('/models', {
    schema: {
      summary: 'The models in use',
      tags: ['models'],
      response: { ...answer('Without their cards', z.object({ models: z.array(summarySchema) })), ...anyProblem }
    }
  }, async () => ({ models: options.models() }))

  app.get('/models/:name/:version', {
    schema: {
      summary: 'A model with its card',
      tags: ['models'],
      params: z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name of a-z, 0-9 and -, such as spcc'),
        version: z.string().regex(/^\d{1,6}\.\d{1,6}$/, 'major.minor, such as 1.0')
      }),
      response: { ...answer('The model', modelSchema), ...badRequest, ...notFound, ...anyProblem }
    }
  }, async request => {
    const { name, version } = request.params
    const model = options.models().find(candidate => candidate.name === name && candidate.version === version)
    if (!model) {
      throw new CandelaError('model-not-found', `No model ${name} ${version} is in use.`, {
        value: `${name}/${version}`, action: 'GET /v1/models lists the models in use.'
      })
    }
    return model
  })
}

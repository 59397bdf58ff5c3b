/** /v1/models: which model classifies, in which engine, and its card. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { CELL_NAMES } from '../../model/cells/layout.ts'
import { anyProblem, badRequest, notFound } from '../problems/problems.ts'
import { answer } from '../schemas.ts'

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
    temperature: z.number().describe('Divisor of the logits (Guo et al. 2017)'),
    byEpochs: z.array(z.object({ epochs: z.number(), slope: z.number(), offset: z.number() })).readonly().optional()
      .describe('Then slope and offset of the logit by number of epochs, interpolated in ln(epochs) (Platt 1999)')
  })
}).meta({ id: 'ModelSummary' })

const modelSchema = summarySchema.extend({
  card: z.record(z.string(), z.unknown()).describe('Training data, split, measured table, intended use, limits')
}).meta({ id: 'Model' })

/** A model as it is loaded in this process. */
export type ModelView = z.infer<typeof modelSchema>

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

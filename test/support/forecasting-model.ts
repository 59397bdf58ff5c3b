/** A network with a decoder that was never trained. Its weights are small, so that its numbers stay those of a sky. */
import type { Model } from '../../src/model/model-file.ts'
import { untrainedModel } from '../untrained-model.ts'

export const forecastingModel = (seed = 11): Model =>
  untrainedModel({ features: 2, classes: 5, consensus: 'both', heads: 2, decoder: { width: 8, days: 30 } }, seed)

/**
 * TensorFlow.js, loaded as the CommonJS module that it is. An `import` of it would search its 1.2 MB for the names of its
 * exports: 0.3 s at every start.
 */
import { createRequire } from 'node:module'
import type * as tfjs from '@tensorflow/tfjs-core'

export const tf = createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof tfjs

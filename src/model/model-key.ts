import { createHash } from 'node:crypto'
import { FEATURE_VERSION } from '../light-curve/features.ts'
import type { Model } from './model-file.ts'
import { weightSpecs } from './shape.ts'

/**
 * Names what a hidden state belongs to: name/version#fingerprint, the fingerprint taken over bands, features and
 * weights, so that a model that was trained again under the same version is not taken for the old one.
 */
export function modelKey ({ name, version, shape, weights }: Model): string {
  const hash = createHash('sha256').update(JSON.stringify([FEATURE_VERSION, shape.bands, weightSpecs(shape)]))
  for (const { name } of weightSpecs(shape)) {
    const { buffer, byteOffset, byteLength } = weights[name]!
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return `${name}/${version}#${hash.digest('hex').slice(0, 8)}`
}

/** A model in one word, as records and sources name it. */
export const modelName = ({ name, version }: Pick<Model, 'name' | 'version'>): string => `${name}/${version}`

/** A model as a classification names it. @param name of modelName */
export function classifierOf (name: string): { classifierName: string, classifierVersion: string } {
  const [classifierName = '', classifierVersion = ''] = name.split('/')
  return { classifierName, classifierVersion }
}

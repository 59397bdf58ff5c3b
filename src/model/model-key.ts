import { createHash } from 'node:crypto'
import type { Model } from './model-file.ts'
import { weightSpecs } from './shape.ts'

/**
 * Names what a hidden state and its outputs belong to: name/version#fingerprint, the fingerprint taken over bands, features,
 * weights and the classes that the outputs are of, so that a model that was trained again under the same version is not
 * taken for the old one. Calibration and class shares are not in it: probabilities are computed from kept outputs.
 */
export function modelKey (model: Model): string {
  const { name, version, shape, weights } = model
  const specs = weightSpecs(shape)
  const hash = createHash('sha256').update(JSON.stringify([shape.features, shape.bands, specs, ...beyondFormat1(model)]))
  for (const { name } of specs) {
    const { buffer, byteOffset, byteLength } = weights[name]!
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return `${name}/${version}#${hash.digest('hex').slice(0, 8)}`
}

/** Nothing for a model that format 1 holds: its key is as it was when there was no other. */
function beyondFormat1 ({ shape: { consensus, heads }, classes }: Model): unknown[] {
  if (classes === null && consensus === 'mean' && heads === 1) return []
  return [consensus, heads, classes?.map(({ name, positive }) => [name, positive]) ?? null]
}

/** A model in one word, as records and sources name it. */
export const modelName = ({ name, version }: Pick<Model, 'name' | 'version'>): string => `${name}/${version}`

/** A model as a classification names it. @param name of modelName */
export function classifierOf (name: string): { classifierName: string, classifierVersion: string } {
  const [classifierName = '', classifierVersion = ''] = name.split('/')
  return { classifierName, classifierVersion }
}

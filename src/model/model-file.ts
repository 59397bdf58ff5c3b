/** models/<name>/<major>.<minor>/: model.json, weights.bin (float32, little-endian), card.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CandelaError } from '../errors.ts'
import { descriptionOf, readDescription, type Described } from './model-description.ts'
import { weightSpecs, type Weights } from './shape.ts'

/** Free-form: training data, split, measured table, intended use, limits. */
export type ModelCard = Record<string, unknown>

export type Model = Described & {
  weights: Weights
  card: ModelCard
}

/** The models that come with Candela. */
export const SHIPPED_MODELS = fileURLToPath(new URL('../../models', import.meta.url))

function invalid (folder: string, message: string, cause?: unknown): CandelaError {
  return new CandelaError('model-invalid', `model in ${folder}: ${message}`, {
    cause, action: 'Use a model written by this version of `candela train`, or the Candela version that wrote this one.'
  })
}

/**
 * The folder of a model.
 * @param reference name ("spcc", the newest version), name/version ("spcc/1.2") or a folder that holds model.json
 * @param roots looked through in order: ./models, where `candela train` writes, and the models that come with Candela
 */
export function findModel (reference: string, roots: readonly string[] = [resolve('models'), SHIPPED_MODELS]): string {
  for (const folder of [resolve(reference), ...roots.map(root => join(root, reference))]) {
    if (existsSync(join(folder, 'model.json'))) return folder
  }
  const known = [...new Set(roots.flatMap(modelsIn))]
  const versions = known.filter(model => model.startsWith(`${reference}/`)).map(model => model.slice(reference.length + 1).split('.').map(Number))
  const [newest] = versions.sort((a, b) => b[0]! - a[0]! || b[1]! - a[1]!)
  if (newest) return findModel(`${reference}/${newest.join('.')}`, roots)
  throw new CandelaError('model-not-found', `no model '${reference}'`, {
    value: reference, action: `Known models: ${known.join(', ') || 'none'}. A folder that holds model.json works too.`
  })
}

/** name/version of the models in a folder. */
function modelsIn (root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true }).filter(entry => entry.isDirectory()).flatMap(({ name }) =>
    readdirSync(join(root, name)).filter(version => /^\d+\.\d+$/.test(version) && existsSync(join(root, name, version, 'model.json'))).map(version => `${name}/${version}`))
}

/** The `architecture` of networks that see the whole light curve at once; models without one are carried. */
export const RETROSPECTIVE_ARCHITECTURE = 'charnock-moss-2017'

/** @throws CandelaError `model-retrospective` */
function refuseRetrospective (folder: string, description: unknown): void {
  if (!z.object({ architecture: z.literal(RETROSPECTIVE_ARCHITECTURE) }).safeParse(description).success) return
  throw new CandelaError('model-retrospective', `model in ${folder} is a ${RETROSPECTIVE_ARCHITECTURE}: it needs the whole light curve and cannot be carried from alert to alert`, {
    value: folder, action: 'Its measured table is in its card.json. Use a model of another architecture here.'
  })
}

/**
 * @param reference as findModel() takes it
 * @throws CandelaError `model-not-found`, `model-invalid`, or `model-retrospective` where it is only a reference
 */
export function loadModel (reference: string, roots?: readonly string[]): Model {
  const folder = findModel(reference, roots)
  let text: unknown
  try {
    text = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))
  } catch (cause) {
    throw invalid(folder, 'model.json is not JSON', cause)
  }
  refuseRetrospective(folder, text)
  let described: Described
  try {
    described = readDescription(text)
  } catch (cause) {
    throw invalid(folder, (cause as Error).message, cause)
  }
  const specs = weightSpecs(described.shape)
  let bytes: Buffer
  try {
    bytes = readFileSync(join(folder, 'weights.bin'))
  } catch (cause) {
    throw invalid(folder, 'weights.bin cannot be read', cause)
  }
  const expected = 4 * specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  if (bytes.length !== expected) throw invalid(folder, `weights.bin has ${bytes.length} bytes, ${expected} are expected`)
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  if (!values.every(Number.isFinite)) throw invalid(folder, 'weights.bin holds values that are not finite')
  const weights: Weights = {}
  let at = 0
  for (const { name, shape } of specs) {
    const length = shape.reduce((a, b) => a * b, 1)
    weights[name] = values.slice(at, at + length)
    at += length
  }
  const cardFile = join(folder, 'card.json')
  let card: ModelCard = {}
  if (existsSync(cardFile)) {
    try {
      card = JSON.parse(readFileSync(cardFile, 'utf8')) as ModelCard
    } catch (cause) {
      throw invalid(folder, 'card.json is not JSON', cause)
    }
  }
  return { ...described, weights, card }
}

/**
 * Writes model.json, weights.bin and card.json into `folder`, which is created.
 * @throws CandelaError `model-invalid`
 */
export async function saveModel (folder: string, model: Model): Promise<void> {
  const description = descriptionOf(model)
  await mkdir(folder, { recursive: true })
  const specs = weightSpecs(model.shape)
  const parts = specs.map(({ name }) => {
    const values = model.weights[name]
    if (!values) throw new CandelaError('model-invalid', `weight ${name} is missing`)
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  })
  await writeFile(join(folder, 'weights.bin'), Buffer.concat(parts))
  await writeFile(join(folder, 'model.json'), JSON.stringify(description, null, 2) + '\n')
  await writeFile(join(folder, 'card.json'), JSON.stringify(model.card, null, 2) + '\n')
}

/** Writes a field into the card.json of a model; all else in it stays. */
export async function addToCard (folder: string, card: ModelCard, added: ModelCard): Promise<void> {
  await writeFile(join(folder, 'card.json'), JSON.stringify({ ...card, ...added }, null, 2) + '\n')
}

/** A training between two passes, in a file from which it goes on bit for bit. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { z } from 'zod'
import { replaceFile } from '../durable-files.ts'
import { CandelaError, messageOf } from '../errors.ts'
import type { LabelledObject } from './data/labelled-object.ts'
import { trainingSettingsSchema, type TrainingSettings } from './settings.ts'
import type { Split } from './data/split.ts'

const float64 = z.custom<Float64Array>(value => value instanceof Float64Array)
const weightsSchema = z.record(z.string(), z.custom<Float32Array>(value => value instanceof Float32Array))
const momentsSchema = z.strictObject({ mean: float64, square: float64 })

const progressSchema = z.strictObject({
  /** Passes done. */
  pass: z.int().min(0),
  learner: z.strictObject({
    weights: weightsSchema,
    optimizer: z.strictObject({ updates: z.int().min(0), moments: z.record(z.string(), momentsSchema) }),
    random: z.tuple([z.int(), z.int(), z.int(), z.int()]).readonly(),
    update: z.int().min(0)
  }),
  /** The best pass so far, 0 before the first look at the validation part (the loss is infinite then). */
  best: z.strictObject({ pass: z.int().min(0), loss: z.number().or(z.literal(Infinity)), weights: weightsSchema })
})
/** All that the passes to come depend on, beside objects, settings and TensorFlow. */
export type TrainingProgress = z.infer<typeof progressSchema>

const checkpointSchema = z.strictObject({
  format: z.literal(1),
  settings: trainingSettingsSchema,
  /** `partsFingerprint` of what is trained on. */
  fingerprint: z.string(),
  tensorflow: z.string(),
  featureVersion: z.int(),
  start: z.string().nullable().default(null),
  progress: progressSchema
})
export type Checkpoint = z.infer<typeof checkpointSchema>

/** What must be the same for a training to go on. */
export interface TrainingIdentity {
  settings: TrainingSettings
  fingerprint: string
  /** Version of libtensorflow. */
  tensorflow: string
  /** Key of the model whose weights it began with, see modelKey; null where they were random. */
  start: string | null
}

/** Settings that leave the weights as they are. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set<keyof TrainingSettings>(['about', 'checkpointEvery'])
const SHA256_BYTES = 32

const fileOf = (folder: string): string => join(folder, 'checkpoint.bin')

/** SHA-256 of the parts of a split: the SNIDs in their order, and all that is known of the objects, every point among it. */
export function partsFingerprint (split: Split, bySnid: ReadonlyMap<string, LabelledObject>): string {
  const hash = createHash('sha256')
  for (const part of [split.training, split.validation, split.test]) {
    hash.update(`part of ${part.length}\n`)
    for (const snid of part) {
      const object = bySnid.get(snid)
      // Which part an object is in says all that its spectrum decides.
      hash.update(`${JSON.stringify(object ? { ...object, isSpectroscopic: undefined } : snid)}\n`)
    }
  }
  return hash.digest('hex')
}

/** Whether `folder` holds a checkpoint. */
export const hasCheckpoint = (folder: string): boolean => existsSync(fileOf(folder))

/**
 * Replaces the checkpoint in `folder`, which is created: at any moment the old or the new one is there, whole.
 * @throws CandelaError `checkpoint-not-writable`
 */
export async function writeCheckpoint (folder: string, identity: TrainingIdentity, progress: TrainingProgress): Promise<void> {
  const checkpoint: Checkpoint = { format: 1, featureVersion: identity.settings.features, ...identity, progress }
  const content = serialize(checkpoint)
  const file = fileOf(folder)
  try {
    await mkdir(folder, { recursive: true })
    replaceFile(file, [createHash('sha256').update(content).digest(), content])
  } catch (cause) {
    throw new CandelaError('checkpoint-not-writable', `${file} cannot be written: ${messageOf(cause)}`, {
      value: file, cause, canRetry: true, action: 'Make room on the disk, then go on with --resume from the checkpoint before.'
    })
  }
}

/**
 * @throws CandelaError `checkpoint-not-found`, or `checkpoint-damaged` where it is not whole or of another version
 */
export function readCheckpoint (folder: string): Checkpoint {
  const file = fileOf(folder)
  const damaged = (what: string, cause?: unknown): CandelaError => new CandelaError('checkpoint-damaged', `checkpoint ${file}: ${what}`, {
    value: file, cause, action: 'Start the training anew with --force.'
  })
  if (!hasCheckpoint(folder)) {
    throw new CandelaError('checkpoint-not-found', `there is no checkpoint to go on from: ${file} is not there`, {
      value: file, action: 'Leave --resume out to start a new training, or check --model and --out.'
    })
  }
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (cause) {
    throw damaged(`it cannot be read: ${messageOf(cause)}`, cause)
  }
  const body = content.subarray(SHA256_BYTES)
  if (!createHash('sha256').update(body).digest().equals(content.subarray(0, SHA256_BYTES))) {
    throw damaged(`it is damaged: its ${content.length} bytes do not have the SHA-256 they begin with`)
  }
  let value: unknown
  try {
    value = deserialize(body)
  } catch (cause) {
    throw damaged('it was written by another version of Node.js that this one cannot read', cause)
  }
  const parsed = checkpointSchema.safeParse(value)
  if (!parsed.success) throw damaged(`it was written by another version of Candela: ${z.prettifyError(parsed.error).replaceAll('\n', '; ')}`, parsed.error)
  return parsed.data
}

/**
 * @throws CandelaError `checkpoint-of-other-training` that says what differs
 */
export function checkSameTraining (checkpoint: Checkpoint, { settings, fingerprint, tensorflow, start }: TrainingIdentity): void {
  const shown = (value: unknown): string => JSON.stringify(value)
  const names = (Object.keys(settings) as Array<keyof TrainingSettings>).filter(name => !WITHOUT_EFFECT.has(name))
  const differences = names.filter(name => !isDeepStrictEqual(checkpoint.settings[name], settings[name]))
    .map(name => `${name} was ${shown(checkpoint.settings[name])} and is ${shown(settings[name])}`)
  if (checkpoint.fingerprint !== fingerprint) differences.push('the light curves are others, or not the same in number or content')
  if (checkpoint.tensorflow !== tensorflow) differences.push(`TensorFlow was ${checkpoint.tensorflow} and is ${tensorflow}`)
  if (checkpoint.start !== start) differences.push(`it began with ${checkpoint.start ?? 'random weights'}, and now with ${start ?? 'random weights'}`)
  if (differences.length === 0) return
  throw new CandelaError('checkpoint-of-other-training', `the checkpoint is of another training: ${differences.join('; ')}`, {
    value: differences, action: 'Give the data and settings that the training began with, or start anew with --force.'
  })
}

/** Removes the checkpoint and its folder, where they are there. */
export const removeCheckpoint = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

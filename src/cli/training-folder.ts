/** The folder that `candela train` writes into: what may be there before, and what it holds on the way. */
import { existsSync } from 'node:fs'
import { access, constants, mkdir, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CandelaError, describeError, UsageError } from '../errors.ts'
import { hasCheckpoint, writeCheckpoint, type TrainingIdentity, type TrainingProgress } from '../training/checkpoint.ts'

export interface TrainingFolder {
  name: string
  version: string
  /** <out>/<name>/<version> */
  folder: string
  /** The folder of the checkpoint in it. */
  checkpoints: string
}

/**
 * @param model name/version, as spcc/1.0
 * @throws UsageError
 */
export function trainingFolder (model: string, out: string): TrainingFolder {
  const [, name, version] = /^([a-z0-9][a-z0-9-]*)\/(\d+\.\d+)$/.exec(model) ?? []
  if (name === undefined || version === undefined) {
    throw new UsageError(`--model is '${model}', but name/version is expected, as spcc/1.0`, { value: model })
  }
  const folder = join(out, name, version)
  return { name, version, folder, checkpoints: join(folder, 'checkpoint') }
}

/**
 * That nothing is replaced without being asked for: --resume goes on from a checkpoint (and replaces the model that an
 * interruption left beside it), --force replaces model and checkpoint.
 * @throws UsageError
 */
export function checkReplacement ({ folder, checkpoints }: TrainingFolder, { resume = false, force = false }: { resume?: boolean | undefined, force?: boolean | undefined }): void {
  if (resume && force) throw new UsageError('--resume and --force exclude each other', { action: 'Use --resume to go on from the checkpoint, --force to start anew.' })
  if (resume || force) return
  if (hasCheckpoint(checkpoints)) {
    throw new UsageError(`${checkpoints} holds the checkpoint of a training that did not end`, { value: checkpoints, action: 'Go on from it with --resume, or replace it with --force.' })
  }
  if (existsSync(join(folder, 'model.json'))) {
    throw new UsageError(`${folder} holds a model already`, { value: folder, action: 'Choose another version, or replace it with --force.' })
  }
}

/**
 * Before hours of training, not after: makes the folder, and removes it again where it was not there.
 * @throws CandelaError `output-not-writable`
 */
export async function checkWritable (folder: string): Promise<void> {
  try {
    const made = await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    if (made !== undefined) await removeEmpty(resolve(folder), resolve(made))
  } catch (cause) {
    throw new CandelaError('output-not-writable', `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      value: folder, cause, action: 'Choose another folder with --out, or check its permissions.'
    })
  }
}

/** Removes a folder and those above it up to `last`, as far as they are empty. */
async function removeEmpty (folder: string, last: string): Promise<void> {
  try {
    await rmdir(folder)
  } catch {
    return
  }
  if (folder !== last) await removeEmpty(dirname(folder), last)
}

/** Writes checkpoints; one that cannot be written is told of, and training goes on. */
export const checkpointWriter = (folder: string, identity: TrainingIdentity, say: (message: string) => void) => async (progress: TrainingProgress): Promise<void> => {
  try {
    await writeCheckpoint(folder, identity, progress)
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    say(`training goes on without a new checkpoint: ${describeError(error)}`)
  }
}

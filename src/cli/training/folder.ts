/** The folder that `candela train` writes into: what may be there before, and what it holds on the way. */
import { existsSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CandelaError, describeError, UsageError, messageOf } from '../../errors.ts'
import { hasCheckpoint, writeCheckpoint, type TrainingIdentity, type TrainingProgress } from '../../training/checkpoint.ts'

export interface TrainingFolder {
  name: string
  version: string
  /** <out>/<name>/<version> */
  folder: string
  /** The folder of the checkpoint in it. */
  checkpoints: string
}

/**
 * @param model name/version, as spcc/1.1
 * @throws UsageError
 */
export function trainingFolder (model: string, out: string): TrainingFolder {
  const [, name, version] = /^([a-z0-9][a-z0-9-]*)\/(\d+\.\d+)$/.exec(model) ?? []
  if (name === undefined || version === undefined) {
    throw new UsageError(`--model is '${model}', but name/version is expected, as spcc/1.1`, { value: model })
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
 * That the folder can be made and written: before hours of training, not after. Nothing is made for it, as another
 * training may begin in the same place at the same moment.
 * @throws CandelaError `output-not-writable`
 */
export async function checkWritable (folder: string): Promise<void> {
  try {
    let place = resolve(folder)
    while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
    if (!(await stat(place)).isDirectory()) throw new Error(`${place} is not a folder`)
    await access(place, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new CandelaError('output-not-writable', `${folder} cannot be written: ${messageOf(cause)}`, {
      value: folder, cause, action: 'Choose another folder with --out, or check its permissions.'
    })
  }
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

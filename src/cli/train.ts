/** `candela train`: light curves of known type → a model. */
import { Command } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TYPE_KEYS } from '../alert/snana/type-labels.ts'
import { CandelaError, describeError, UsageError } from '../errors.ts'
import { saveModel } from '../model/model-file.ts'
import { loadTensorflowEngine } from '../model/tensorflow-engine.ts'
import { describeCounts } from '../training/classes.ts'
import { evaluate, type Evaluation } from '../training/evaluate.ts'
import { readLabelledObjects, type LabelledObject } from '../training/labelled-object.ts'
import { makeCard } from '../training/model-card.ts'
import { playObjects } from '../training/playback.ts'
import { trainingSettingsSchema, type TrainingSettings } from '../training/settings.ts'
import { splitObjects } from '../training/split.ts'
import { trainNetwork, type PassReport, type TrainedNetwork } from '../training/train.ts'
import { readClassesFile } from './classes-file.ts'
import { wholeNumber } from './whole-number.ts'

interface TrainCommandOptions {
  data: string[]
  model: string
  out: string
  settings?: string
  classes?: string
  seed?: number
  passes?: number
  force?: true
  json?: true
}

export function trainCommand (): Command {
  return new Command('train')
    .description('train a model on light curves of known type (needs @tensorflow/tfjs-node); Ctrl-C ends with the best weights so far')
    .requiredOption('--data <path...>', 'SNANA .DAT files or HEAD/PHOT.FITS pairs, folders of them, or .tar, .tar.gz, .tar.xz archives of .DAT files')
    .requiredOption('--model <name/version>', 'name and version of the new model, as spcc/1.0')
    .option('--out <folder>', 'where <name>/<version> is written', './models')
    .option('--settings <file>', 'JSON file of training settings, such as the training.json beside a model')
    .option('--classes <file>', 'JSON file: which type labels make which class, and which classes count as Ia (docs/training.md)')
    .option('--seed <n>', 'decides split, first weights, augmentation and dropout', wholeNumber('seed', 0))
    .option('--passes <n>', 'times every training object is seen', wholeNumber('passes', 1))
    .option('--force', 'replace a model that is there')
    .option('--json', 'print the new model\'s card as JSON to stdout')
    .addHelpText('after', `
Writes model.json, weights.bin, card.json and training.json (every setting used).
The true type is 'SN Type' of SIM_COMMENT, else ${TYPE_KEYS.join(', ')}; without --classes 'Ia' is Ia.
A guide with own bands, classes and FITS files: docs/training.md.

Examples:
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model spcc/1.1
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model spcc/1.0 --settings models/spcc/1.0/training.json --force`)
    .action(train)
}

/** @throws UsageError */
function readSettings ({ settings: file, classes, seed, passes }: TrainCommandOptions): TrainingSettings {
  let given: unknown = {}
  if (file !== undefined) {
    try {
      given = JSON.parse(readFileSync(file, 'utf8'))
    } catch (cause) {
      throw new UsageError(`--settings ${file} is not a readable JSON file`, { value: file, cause, action: 'Start from the training.json beside a model.' })
    }
  }
  const parsed = trainingSettingsSchema.safeParse(given)
  if (!parsed.success) {
    throw new UsageError(`settings in ${file}: ${z.prettifyError(parsed.error).replaceAll('\n', '; ')}`, { value: file, cause: parsed.error, action: 'Start from the training.json beside a model.' })
  }
  return { ...parsed.data, ...(classes === undefined ? {} : { classes: readClassesFile(classes) }), ...(seed === undefined ? {} : { seed }), ...(passes === undefined ? {} : { passes }) }
}

const say = (message: string): void => { process.stderr.write(`${message}\n`) }

function sayPass ({ pass, passes, loss, validation, rate, secondsLeft }: PassReport): void {
  const checked = validation === undefined ? '' : `, validation loss ${validation.loss.toFixed(4)}, ${validation.accuracy.toFixed(1)} % right`
  say(`pass ${pass} of ${passes}: loss ${loss.toFixed(4)}${checked}, ${rate.toFixed(0)} objects/s, ${Math.ceil(secondsLeft)} s left`)
}

/** The test part is looked at here, and nowhere else. */
async function tableOf (trained: TrainedNetwork, test: readonly LabelledObject[]): Promise<Record<'known' | 'unknown', Evaluation>> {
  const network = (await loadTensorflowEngine()).load(trained.shape, trained.weights)
  try {
    return {
      known: evaluate(playObjects(network, test, 'known'), trained.calibration),
      unknown: evaluate(playObjects(network, test, 'unknown'), trained.calibration)
    }
  } finally {
    network.dispose()
  }
}

/**
 * Before hours of training, not after.
 * @throws CandelaError `output-not-writable`
 */
async function checkWritable (folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new CandelaError('output-not-writable', `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      value: folder, cause, action: 'Choose another folder with --out, or check its permissions.'
    })
  }
}

async function train (options: TrainCommandOptions): Promise<void> {
  const [, name, version] = /^([a-z0-9][a-z0-9-]*)\/(\d+\.\d+)$/.exec(options.model) ?? []
  if (name === undefined || version === undefined) {
    throw new UsageError(`--model is '${options.model}', but name/version is expected, as spcc/1.0`, { value: options.model })
  }
  const folder = join(options.out, name, version)
  if (existsSync(join(folder, 'model.json')) && !options.force) {
    throw new UsageError(`${folder} holds a model already`, { value: folder, action: 'Choose another version, or replace it with --force.' })
  }
  const settings = readSettings(options)
  await checkWritable(options.out)

  say(`reading ${options.data.join(' ')}`)
  const { objects, passedOver, skipped } = await readLabelledObjects(options.data, 'all', settings.classes)
  for (const error of passedOver) say(`passed over: ${describeError(error)}`)
  if (Object.keys(skipped).length > 0) say(`left out by the classes: ${describeCounts(skipped)}`)
  const split = splitObjects(objects.map(({ snid }) => snid), settings)
  const bySnid = new Map(objects.map(object => [object.snid, object]))
  const part = (snids: string[]): LabelledObject[] => snids.map(snid => bySnid.get(snid)!)
  say(`${objects.length} objects: ${split.training.length} to train on, ${split.validation.length} for validation, ${split.test.length} for test`)

  const ending = new AbortController()
  const end = (): void => {
    say('ending with the best weights so far; Ctrl-C again to stop at once')
    ending.abort()
  }
  process.once('SIGINT', end)
  let trained: TrainedNetwork
  try {
    trained = await trainNetwork(part(split.training), part(split.validation), settings, { onPass: sayPass, signal: ending.signal })
  } finally {
    process.off('SIGINT', end)
  }

  const table = split.test.length === 0 ? null : await tableOf(trained, part(split.test))
  const command = `candela train --data ${options.data.map(path => path.split('/').at(-1)).join(' ')} --model ${options.model} --settings training.json`
  const card = makeCard({ name, version, settings, trained, objects, table, command })
  await saveModel(folder, { name, version, shape: trained.shape, calibration: trained.calibration, weights: trained.weights, card })
  await writeFile(join(folder, 'training.json'), JSON.stringify(settings, null, 2) + '\n')
  const accuracy = table === null ? '' : `, ${table.known.final.accuracy.toFixed(2)} % of the test part right at the end`
  say(`${folder}: weights of pass ${trained.bestPass}, temperature ${trained.calibration.temperature.toFixed(3)}${accuracy}`)
  if (options.json) process.stdout.write(`${JSON.stringify(card)}\n`)
}

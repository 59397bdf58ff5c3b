/** Training settings as flags of a command: checks and defaults are those of the schema. */
import { Option, type Command } from 'commander'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import { CELL_NAMES } from '../../model/cells/layout.ts'
import { referenceSettingsSchema, type ReferenceSettings } from '../../training/charnock-moss/settings.ts'
import type { Classes } from '../../training/data/classes.ts'
import { defaultSettings, trainingSettingsSchema, type TrainingSettings } from '../../training/settings.ts'
import { readClassesFile } from './classes-file.ts'

interface TrainingFlag {
  /** Without the dashes. */
  flag: string
  setting: keyof TrainingSettings
  placeholder: string
  about: string
}

const FLAGS: readonly TrainingFlag[] = [
  { flag: 'seed', setting: 'seed', placeholder: 'n', about: 'decides first weights, order, augmentation and dropout' },
  { flag: 'split-seed', setting: 'splitSeed', placeholder: 'n', about: 'decides which objects are for training, validation and test' },
  { flag: 'sample', setting: 'trainingSample', placeholder: 'name', about: 'objects that training and validation part are cut from: any, or spectroscopic (SNTYPE is given; the test part is then the others)' },
  { flag: 'training', setting: 'trainingObjects', placeholder: 'n', about: 'objects for training, the validation part among them' },
  { flag: 'validation', setting: 'validationObjects', placeholder: 'n', about: 'objects that choose the best pass and the calibration' },
  { flag: 'test', setting: 'testObjects', placeholder: 'n', about: 'objects of the test part; none: all that are not for training' },
  { flag: 'bands', setting: 'bands', placeholder: 'list', about: 'bands of the network, with commas between' },
  { flag: 'cell', setting: 'cell', placeholder: 'name', about: `recurrent cell: ${CELL_NAMES.join(', ')}` },
  { flag: 'layers', setting: 'layers', placeholder: 'n', about: 'recurrent layers' },
  { flag: 'width', setting: 'width', placeholder: 'n', about: 'width of each recurrent layer' },
  { flag: 'dropout', setting: 'dropout', placeholder: 'share', about: 'share of each layer\'s outputs set to zero' },
  { flag: 'truncate', setting: 'truncate', placeholder: 'n', about: 'steps after which gradients are stopped (truncated back-propagation through time); none: the whole light curve' },
  { flag: 'passes', setting: 'passes', placeholder: 'n', about: 'times every training object is seen' },
  { flag: 'batch', setting: 'batch', placeholder: 'n', about: 'objects an update of the weights' },
  { flag: 'rate', setting: 'peakRate', placeholder: 'rate', about: 'highest learning rate of the one-cycle policy' },
  { flag: 'patience', setting: 'patience', placeholder: 'n', about: 'passes without a better validation loss after which training ends; the rate falls until the last pass: rather ask for fewer passes' },
  { flag: 'checkpoint-every', setting: 'checkpointEvery', placeholder: 'n', about: 'passes between two checkpoints; none: one after every look at the validation part' }
]

const START = 'Start from the training.json beside a model.'

/** What stands for null on the command line. */
const NONE = 'none'

const optionName = (flag: string): string => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function shown (value: unknown): string {
  if (value === null) return NONE
  return Array.isArray(value) ? value.join(',') : String(value)
}

function valueOf (text: string, setting: keyof TrainingSettings): unknown {
  if (Array.isArray(defaultSettings()[setting])) return text.split(',').map(part => part.trim())
  if (text === NONE) return null
  return /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(text) ? Number(text) : text
}

/** @throws UsageError that names the flag, its value and what is expected */
function checked ({ flag, setting, about }: TrainingFlag, text: string): unknown {
  const parsed = trainingSettingsSchema.shape[setting].safeParse(valueOf(text, setting))
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ message }) => message).join('; ')
  throw new UsageError(`--${flag} is '${text}': ${wrong}`, { value: text, action: `Expected: ${about} (default ${shown(defaultSettings()[setting])}).` })
}

/** Adds --settings and a flag for each of the settings that are chosen most often. */
export function addTrainingFlags (command: Command): Command {
  command.option('--settings <file>', 'JSON file of training settings, such as the training.json beside a model; flags override it')
  command.option('--classes <file>', 'JSON file: which type labels make which class, and which classes count as Ia (docs/training.md)')
  const defaults = defaultSettings()
  for (const { flag, setting, placeholder, about } of FLAGS) {
    command.addOption(new Option(`--${flag} <${placeholder}>`, `${about} (default ${shown(defaults[setting])})`))
  }
  return command
}

const givenClasses = ({ classes: file }: Readonly<Record<string, unknown>>): { classes?: Classes } =>
  typeof file === 'string' ? { classes: readClassesFile(file) } : {}

/**
 * The settings of the file, or else `initial`, under those given as flags.
 * @param options as commander gives them
 * @param initial settings where no file is given; without it the defaults
 * @throws UsageError
 */
export function trainingSettings (options: Readonly<Record<string, unknown>>, initial: TrainingSettings = defaultSettings()): TrainingSettings {
  const given = FLAGS.flatMap(flag => {
    const text = options[optionName(flag.flag)]
    return typeof text === 'string' ? [[flag.setting, checked(flag, text)]] : []
  })
  const file = options['settings']
  const base = typeof file === 'string' ? readSettingsFile(file) : initial
  return trainingSettingsSchema.parse({ ...base, ...Object.fromEntries(given) as Partial<TrainingSettings>, ...givenClasses(options) })
}

/**
 * Settings of the network of Charnock & Moss, from the file and the flags of settings that it has.
 * @throws UsageError
 */
export function referenceSettings (options: Readonly<Record<string, unknown>>): ReferenceSettings {
  const given = FLAGS.flatMap(({ flag, setting }) => {
    const text = options[optionName(flag)]
    return typeof text === 'string' ? [[setting, valueOf(text, setting)]] : []
  })
  const file = options['settings']
  const base = typeof file === 'string' ? readJson(file) : {}
  if (typeof base !== 'object' || base === null || Array.isArray(base)) throw new UsageError(`--settings ${String(file)} is not a JSON object`, { value: file, action: START })
  const parsed = referenceSettingsSchema.safeParse({ ...base, ...Object.fromEntries(given) as object, ...givenClasses(options) })
  if (parsed.success) return parsed.data
  throw new UsageError(`settings of the network of Charnock & Moss: ${z.prettifyError(parsed.error).replaceAll('\n', '; ')}`, {
    cause: parsed.error, action: 'It has fewer settings than the carried network: see src/training/charnock-moss/settings.ts.'
  })
}

function readJson (file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`--settings ${file} is not a readable JSON file`, { value: file, cause, action: START })
  }
}

function readSettingsFile (file: string): TrainingSettings {
  const parsed = trainingSettingsSchema.safeParse(readJson(file))
  if (parsed.success) return parsed.data
  throw new UsageError(`settings in ${file}: ${z.prettifyError(parsed.error).replaceAll('\n', '; ')}`, { value: file, cause: parsed.error, action: START })
}

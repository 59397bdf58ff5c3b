/** `candela train`: light curves of known type → a model. */
import { Command, Option } from 'commander'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PointReport } from '../../alert/points/point-report.ts'
import { TYPE_KEYS } from '../../alert/snana/type-labels.ts'
import { CandelaError, describeError, UsageError } from '../../errors.ts'
import { positivePlaces } from '../../model/classes.ts'
import { modelKey, modelName } from '../../model/model-key.ts'
import { RETROSPECTIVE_ARCHITECTURE, saveModel } from '../../model/model-file.ts'
import { loadTensorflowEngine } from '../../model/tensorflow-engine.ts'
import { checkSameTraining, partsFingerprint, readCheckpoint, removeCheckpoint, type TrainingIdentity, type TrainingProgress } from '../../training/checkpoint.ts'
import { describeCounts } from '../../training/data/classes.ts'
import { endingError } from '../../training/ending.ts'
import { evaluate, type Evaluation } from '../../training/evaluation/evaluate.ts'
import { baselineWords, noBetter } from '../../training/evaluation/figures.ts'
import { readLabelledObjects, type LabelledObject } from '../../training/data/labelled-object.ts'
import { fixed } from '../../training/evaluation/metrics.ts'
import { evaluateForecast } from '../../training/evaluation/forecast/evaluate-forecast.ts'
import type { MeasuredForecast } from '../../training/evaluation/forecast/forecast-of-card.ts'
import { makeCard } from '../../training/evaluation/model-card.ts'
import { judge } from '../../training/evaluation/judged.ts'
import { evaluateSky } from '../../training/evaluation/sky-evaluation.ts'
import type { MeasuredSky } from '../../training/evaluation/sky-of-card.ts'
import { playObjects } from '../../training/evaluation/playback.ts'
import { trainNetwork, type PassReport, type TrainedNetwork, type TrainOptions } from '../../training/train.ts'
import { loadTrainingTensorflow } from '../../training/network/training-engine.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'
import { trainReferenceModel } from './train-reference.ts'
import { addTrainingFlags, referenceSettings, trainingSettings } from '../flags/training.ts'
import { startingModel } from './starting-model.ts'
import { checkpointWriter, checkReplacement, checkWritable, trainingFolder } from './folder.ts'
import { trainingParts } from './parts.ts'

interface TrainCommandOptions extends Record<string, unknown> {
  bandNames?: string
  config?: string
  data: string[]
  model: string
  out: string
  architecture: 'carried' | typeof RETROSPECTIVE_ARCHITECTURE
  from?: string
  resume?: true
  force?: true
  strict?: true
  json?: true
}

/** Classes that Ia are mistaken for more than others. */
const AGAINST = [['II', 'Ibc']]

/** Files passed over that are named one by one. */
const NAMED = 20

export function trainCommand (): Command {
  const command = new Command('train')
    .description('train a model on light curves of known type (needs @tensorflow/tfjs-node); Ctrl-C keeps a checkpoint and the best weights so far')
    .requiredOption('--data <path...>', 'SNANA .DAT files or HEAD/PHOT.FITS pairs, folders, lists and tar archives of them, each gzipped, xz or zstd')
    .requiredOption('--model <name/version>', 'name and version of the new model, as spcc/1.1')
    .option('--out <folder>', 'where <name>/<version> is written', './models')
    .addOption(new Option('--architecture <name>', `carried: from alert to alert; ${RETROSPECTIVE_ARCHITECTURE}: the published network on whole light curves, for comparison, which cannot be served`)
      .choices(['carried', RETROSPECTIVE_ARCHITECTURE]).default('carried'))
    .option('--from <model>', 'begin with the weights of a trained model of the same network, as sky/1.1: a shorter way to a model of your own sky')
    .option('--resume', 'go on from the checkpoint of a training that was interrupted, with the same data and settings')
    .option('--force', 'replace a model or a checkpoint that is there')
    .option('--strict', 'refuse to train where a file cannot be used, instead of passing it over')
    .option('--json', 'print the new model\'s card as JSON to stdout')
  return addSettingFlags(addTrainingFlags(command), ['bandNames'])
    .addHelpText('after', `
Writes model.json, weights.bin, card.json and training.json (every setting used); on the way checkpoint/, from which
--resume goes on to the same weights as without the interruption.
The true type is 'SN Type' of SIM_COMMENT, else ${TYPE_KEYS.join(', ')}; without --classes 'Ia' is Ia.
A guide with own bands, classes and FITS files: docs/training.md.
Exit code 1 where training was interrupted or diverged, for which the best weights so far are kept, and where a file was
not read, which is named.
--from takes settings that make the same network: bands, features, cell, layers, widths, consensus, heads and classes in
their order. --resume knows what a training began with.
--architecture ${RETROSPECTIVE_ARCHITECTURE} has settings of its own, as {"photoZ":"unknown","trainingObjects":1103,"bidirectional":true},
of the flags only those of the same name, no --classes, --strict or checkpoints (Ctrl-C keeps nothing), and prints the
table of the test part.

Examples:
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model mine/1.0
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model mine/1.0 --resume
  candela train --data my-simulation --model mine/1.0 --sample spectroscopic --training 1103 --validation 110 --passes 400 --dropout 0.2
  candela train --data my-simulation --model mine/1.0 --bands g,r --training 4000 --validation 400
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model mine/1.1 --settings models/spcc/1.2/training.json
  candela train --data my-simulation --model mine/2.0 --settings models/sky/1.1/training.json --from sky/1.1 --passes 5 --rate 0.001
  candela train --data SIMGEN_PUBLIC_DES.tar.xz --model charnock-moss/1.0 --architecture charnock-moss-2017`)
    .action(train)
}

const say = (message: string): void => { process.stderr.write(`${message}\n`) }

function sayPass ({ pass, passes, loss, validation, rate, learningRate, secondsLeft }: PassReport): void {
  const checked = validation === undefined ? '' : `, validation loss ${validation.loss.toFixed(4)}, ${fixed(validation.accuracy, 1)} % right`
  say(`pass ${pass} of ${passes}: loss ${loss.toFixed(4)}${checked}, learning rate ${learningRate.toExponential(1)}, ${rate.toFixed(0)} objects/s, ${Math.ceil(secondsLeft)} s left`)
}

/** @throws CandelaError `light-curves-unusable` where `strict` and a file was passed over */
function sayPassedOver (passedOver: readonly CandelaError[], strict: boolean): void {
  for (const error of passedOver.slice(0, NAMED)) say(`passed over: ${describeError(error)}`)
  if (passedOver.length > NAMED) say(`passed over: ${passedOver.length - NAMED} more`)
  if (strict && passedOver.length > 0) {
    throw new CandelaError('light-curves-unusable', `${passedOver.length} light curves cannot be used, and --strict wants all`, {
      value: passedOver.length, cause: passedOver[0], action: 'Repair or remove them, or leave --strict out to pass them over.'
    })
  }
}

/** What is measured on the test part. */
interface Measured {
  table: Record<'known' | 'unknown', Evaluation>
  /** Of a network that ends in classes: nothing known of redshift and context, class shares of the training. */
  sky: MeasuredSky | null
  /** Likewise, of a network with a decoder. */
  forecast: MeasuredForecast | null
}

/** Objects of each class and set that forecasts are measured on. */
const FORECASTS = 40

/** The test part is looked at here, and nowhere else. */
async function measuredOn (test: readonly LabelledObject[], trained: TrainedNetwork): Promise<Measured> {
  const { shape, weights, calibrated } = trained
  const network = (await loadTensorflowEngine()).load(shape, weights, positivePlaces(calibrated.classes))
  try {
    const told = { photoZ: 'unknown', context: 'unknown' } as const
    const asked = { calibrated, shares: null }
    const unknown = playObjects(network, test, told)
    const forecast = calibrated.classes && evaluateForecast(network, test, { told, classes: calibrated.classes, most: FORECASTS })
    return {
      table: { known: evaluate(playObjects(network, test, { photoZ: 'known', context: 'known' }), calibrated), unknown: evaluate(unknown, calibrated) },
      sky: calibrated.classes === null ? null : { part: 'test', told, evaluation: evaluateSky(judge(unknown, test, asked), asked, AGAINST) },
      forecast: forecast && { part: 'test', told, evaluation: forecast }
    }
  } finally {
    network.dispose()
  }
}

/**
 * Trains until it ends by itself or by SIGINT or SIGTERM; a second signal ends the process. Where nothing was learned
 * that is worth keeping, no checkpoint is left: it would lead to the same divergence.
 */
async function trainUntilSignal (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], identity: TrainingIdentity, checkpoints: string, options: TrainOptions
): Promise<TrainedNetwork> {
  const ending = new AbortController()
  const end = (): void => {
    say('stopping after a checkpoint; once more to stop at once')
    ending.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, end)
  try {
    return await trainNetwork(training, validation, identity.settings, { ...options, signal: ending.signal })
  } catch (error) {
    if (error instanceof CandelaError && error.code === 'training-diverged') await removeCheckpoint(checkpoints)
    throw error
  } finally {
    for (const signal of signals) process.off(signal, end)
  }
}

async function train (options: TrainCommandOptions): Promise<void> {
  const { bandNames, config } = options
  settingsOf({ ...bandNames !== undefined && { bandNames }, ...config !== undefined && { config } })
  const place = trainingFolder(options.model, options.out)
  const { name, version, folder, checkpoints } = place
  checkReplacement(place, options)
  if (options.architecture === RETROSPECTIVE_ARCHITECTURE) {
    const refused = (['resume', 'strict', 'classes', 'from'] as const).find(name => options[name] !== undefined)
    if (refused) throw new UsageError(`--${refused} does not go with --architecture ${RETROSPECTIVE_ARCHITECTURE}`, { action: 'It writes no checkpoints, passes over what it cannot read, knows no classes but Ia and the others, and begins with random weights.' })
    const settings = referenceSettings(options)
    await checkWritable(folder)
    return await trainReferenceModel({ name, version, data: options.data, settings, folder, json: options.json === true }, { say, onPass: sayPass })
  }
  const checkpoint = options.resume ? readCheckpoint(checkpoints) : undefined
  const settings = trainingSettings(options, checkpoint?.settings)
  const start = options.from === undefined ? null : startingModel(options.from, settings)
  await checkWritable(folder)
  const { version: tensorflow } = await loadTrainingTensorflow()

  say(`reading ${options.data.join(' ')}`)
  const read = new PointReport(say)
  const { objects, passedOver, files, skipped } = await readLabelledObjects(options.data, 'all', settings.classes, read)
  const leftOut = read.end()
  if (leftOut !== '') say(leftOut)
  sayPassedOver(passedOver, options.strict ?? false)
  if (Object.keys(skipped).length > 0) say(`left out by the classes: ${describeCounts(skipped)}`)
  const { split, bySnid, training, validation, test } = trainingParts(objects, settings, say)

  const identity: TrainingIdentity = { settings, fingerprint: partsFingerprint(split, bySnid), tensorflow, start: start === null ? checkpoint?.start ?? null : modelKey(start) }
  let from: { from?: TrainingProgress } = {}
  if (checkpoint) {
    checkSameTraining(checkpoint, identity)
    from = { from: checkpoint.progress }
    say(`going on after pass ${checkpoint.progress.pass} of ${settings.passes}`)
  }
  if (!options.resume) await removeCheckpoint(checkpoints)
  const trained = await trainUntilSignal(training, validation, identity, checkpoints, {
    ...from, ...start && { start: start.weights }, onPass: sayPass, onCheckpoint: checkpointWriter(checkpoints, identity, say)
  })

  const isInterrupted = trained.ending.reason === 'interrupted'
  const measured = test.length === 0 || isInterrupted ? null : await measuredOn(test, trained)
  const table = measured?.table ?? null
  const command = `candela train --data ${options.data.map(path => path.split('/').at(-1)).join(' ')} --model ${options.model} --settings training.json${start === null ? '' : ` --from ${modelName(start)}`}`
  const card = makeCard({ name, version, settings, trained, objects, table, sky: measured?.sky ?? null, forecast: measured?.forecast ?? null, command })
  await saveModel(folder, { name, version, shape: trained.shape, weights: trained.weights, card, ...trained.calibrated })
  await writeFile(join(folder, 'training.json'), JSON.stringify(settings, null, 2) + '\n')
  if (!isInterrupted) await removeCheckpoint(checkpoints)
  if (options.json) process.stdout.write(`${JSON.stringify(card)}\n`)
  const failure = endingError(trained.ending, trained.passesDone, settings, { pass: trained.bestPass, where: folder })
  if (failure) throw failure
  sayResult(folder, trained, settings.passes, table, files.parts)
  if (files.hasNotRead) process.exitCode = 1
}

function sayResult (folder: string, trained: TrainedNetwork, passes: number, table: Record<'known' | 'unknown', Evaluation> | null, files: readonly string[]): void {
  const { ending, passesDone, bestPass, calibrated, validation } = trained
  if (ending.reason === 'patience') say(`ended after pass ${passesDone} of ${passes}: ${passesDone - bestPass} passes without a better validation loss`)
  const measured = table?.known ?? null
  const right = measured === null
    ? `of the validation part ${fixed(validation.accuracy, 2)} % right, ${baselineWords(validation.baseline)}`
    : `of the test part ${fixed(measured.final.accuracy, 2)} % right at the end, ${baselineWords(measured.baseline)}`
  const warning = table === null
    ? noBetter('this model', [['of the validation part', validation]], validation.baseline)
    : noBetter('this model', [['with photo-z known', table.known.final], ['with photo-z unknown', table.unknown.final]], table.known.baseline)
  if (warning !== null) say(`${warning}. Train it with more light curves, or for more passes.`)
  const scaled = calibrated.classes === null ? `temperature ${calibrated.calibration.temperature.toFixed(3)}` : `${calibrated.classes.length} classes`
  say([`${folder}: weights of pass ${bestPass}, ${scaled}`, right, ...files].join('; '))
}

/** `candela evaluate`: the table of a model on light curves of known type. */
import { Command, Option } from 'commander'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PointReport } from '../../alert/points/point-report.ts'
import type { SettingName } from '../../config.ts'
import { CandelaError, describeError, UsageError, messageOf } from '../../errors.ts'
import { probabilityIa, type Calibration } from '../../model/calibration.ts'
import { loadNetwork } from '../../model/load-engine.ts'
import { addToCard, findModel, loadModel, type Model } from '../../model/model-file.ts'
import { CARD_FIELD } from '../../model/reference-distribution.ts'
import { ABOUT_SKIES, SKIES, underSky, type Sky } from '../../training/data/altered-sky.ts'
import { describeCounts } from '../../training/data/classes.ts'
import { CALIBRATED_FROM_EPOCHS, CALIBRATED_FROM_OBJECTS, evaluate, worstCalibrated, type EpochMetrics, type Evaluation } from '../../training/evaluation/evaluate.ts'
import { POINTS_TAKEN, readLabelledObjects, type LabelledObject, type PointsTaken } from '../../training/data/labelled-object.ts'
import { baselineWords, FIGURES_HEAD, figuresRow, noBetter } from '../../training/evaluation/figures.ts'
import { fixed } from '../../training/evaluation/metrics.ts'
import { classesOfCard, isOfCard, splitOfCard, trainingObjectsOfCard } from '../../training/evaluation/model-card.ts'
import { playObjects, type PhotoZ, type PlayedObject } from '../../training/evaluation/playback.ts'
import { publishedDistribution } from '../../training/evaluation/published-distribution.ts'
import { openReport } from '../../training/report/report.ts'
import { readClassesFile } from '../flags/classes-file.ts'
import { commandLine } from '../command-line.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'

const ABOUT_PARTS = {
  all: 'all: every object given',
  test: 'test: the objects that the model was not trained on',
  validation: 'validation: the objects that chose the best pass and the calibration'
} as const
type Part = keyof typeof ABOUT_PARTS
const PARTS = Object.keys(ABOUT_PARTS) as Part[]

interface EvaluateCommandOptions extends Partial<Record<SettingName | 'config', string>> {
  data: string[]
  photoZ: PhotoZ
  part: Part
  points: PointsTaken
  sky: Sky
  classes?: string
  predictions?: string
  report?: string
  card?: true
  json?: true
}

export function evaluateCommand (): Command {
  const command = new Command('evaluate')
    .description('measure a model on light curves of known type')
    .requiredOption('--data <path...>', 'SNANA .DAT files or HEAD/PHOT.FITS pairs, folders, lists and tar archives of them, each gzipped, xz or zstd')
    .addOption(new Option('--photo-z <what>', 'whether the network is told the host\'s photometric redshift').choices(['known', 'unknown']).default('known'))
    .addOption(new Option('--part <part>', 'all objects given, only those the model was not trained on, or those that chose its best pass and calibration').choices(PARTS).default('all'))
    .addOption(new Option('--points <which>', 'every point of a light curve, or those that its alerts bring until the last one, as replay and a live stream see it').choices(POINTS_TAKEN).default('all'))
    .addOption(new Option('--sky <name>', 'light curves as another survey would have seen them (see below)').choices(SKIES).default('as-given'))
    .option('--classes <file>', 'JSON file: which type labels make which class, and which classes count as Ia; without it as the model was trained')
    .option('--predictions <file>', 'also write a CSV, one line an epoch: snid,epoch,midpointMjdTai,probabilityIa,typeIa (1 or 0)')
    .option('--report <folder>', 'also write index.html with plots, photo-z known and unknown, and its numbers as CSV and JSON')
    .option('--card', 'also write the distribution of P(Ia) into the model\'s card.json: the drift of a live stream is measured against it (docs/metrics.md)')
    .option('--json', 'print JSON to stdout')
  return addSettingFlags(command, ['model', 'engine', 'bandNames'])
    .addHelpText('after', `
early: after the night of the sixth observation with S/N > 4, or at the end where there are fewer.
An object without any detection (S/N > 5) is never classified: it counts with P(Ia) = 0.5, as not Ia.
Skies: ${SKIES.map(sky => `${sky} (${ABOUT_SKIES[sky]})`).join(', ')}; objects that are not detected there are left out.
A file that is damaged, of unknown form or type is named on stderr and passed over, and the exit code is 1. What is read
in folders, lists and archives: docs/alerts.md.

Examples:
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc-10660-seed1 --part test --photo-z unknown
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc-10660-seed1 --part test --report report
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc/1.2 --part validation --card`)
    .action(run)
}

async function run (options: EvaluateCommandOptions): Promise<void> {
  const { data, photoZ, part, points, sky, classes, predictions, report: reportFolder, card, json, ...flags } = options
  if (card && sky !== 'as-given') throw new UsageError(`--card with --sky ${sky}`, { value: sky, action: 'The card has P(Ia) of the objects as they are: leave --sky out.' })
  const settings = settingsOf(flags)
  const model = loadModel(settings.model)
  const say = (message: string): void => { process.stderr.write(`candela: ${message}\n`) }
  const { engine, network } = await loadNetwork(model, settings.engine, say)
  if (predictions !== undefined) await writePredictions(predictions, [], model.calibration)
  const report = reportFolder === undefined ? null : await openReport(reportFolder)
  const read = new PointReport(say)
  const { objects, passedOver, files, skipped } = await readLabelledObjects(data, points, classes === undefined ? classesOfCard(model.card) : readClassesFile(classes), read)
  const leftOut = read.end()
  if (leftOut !== '') say(leftOut)
  for (const error of passedOver) say(`passed over: ${describeError(error)}`)
  if (Object.keys(skipped).length > 0) say(`left out by the classes: ${describeCounts(skipped)}`)
  if (passedOver.length > 0) process.exitCode = 1
  const chosen = underSky(part === 'all' ? objects : partOf(part, objects, model), sky)
  if (chosen.length === 0) throw new CandelaError('no-objects', `no object to measure: none of ${objects.length} is detected under the sky '${sky}'`, { value: sky, action: 'Choose another sky.' })
  if (part === 'all' && isOfCard(model.card, objects.map(({ snid }) => snid))) say('these are the objects that the model was trained and tested on; --part test leaves out those it was trained on')
  const play = (photoZ: PhotoZ): PlayedObject[] => playObjects(network, chosen, photoZ, progress(chosen.length))
  const other = photoZ === 'known' ? 'unknown' : 'known'
  let played: PlayedObject[]
  let playedOther: PlayedObject[] | null
  try {
    played = play(photoZ)
    playedOther = report === null && !card ? null : play(other)
  } finally {
    network.dispose()
  }
  if (predictions !== undefined) await writePredictions(predictions, played, model.calibration)
  const evaluation = evaluate(played, model.calibration)
  const reference = `${model.name}/${model.version}`
  const both = playedOther && { [photoZ]: played, [other]: playedOther } as Record<PhotoZ, PlayedObject[]>
  if (card && both) {
    const command = `candela evaluate --data ${data.map(path => path.split('/').at(-1)).join(' ')} --model ${reference} --part ${part} --card`
    await addToCard(findModel(settings.model), model.card, { [CARD_FIELD]: publishedDistribution(both, { objects: chosen, bands: model.shape.bands, calibration: model.calibration }, { part, command }) })
  }
  if (report !== null && both) {
    say(`writing the report to ${reportFolder}`)
    const evaluations = { [photoZ]: evaluation, [other]: evaluate(both[other], model.calibration) } as Record<PhotoZ, Evaluation>
    await report.write({
      model: reference,
      bands: model.shape.bands,
      calibration: model.calibration,
      trainingObjects: trainingObjectsOfCard(model.card),
      objects: chosen,
      played: both,
      evaluation: evaluations,
      origin: [
        ['model', reference],
        ['data', data.join(' ')],
        ['part', ABOUT_PARTS[part]],
        ['points', points === 'all' ? 'all: every point of the files' : 'alerts: the points that the alerts bring'],
        ['sky', `${sky}: ${ABOUT_SKIES[sky]}`],
        ['objects', `${evaluation.objects}, ${evaluation.typeIa} of type Ia`],
        ['engine', `${engine.name} ${engine.version}`],
        ['date', new Date().toISOString()],
        ['command', commandLine(process.argv)]
      ]
    })
  }
  for (const part of files.parts) say(part)
  process.stdout.write(json ? `${JSON.stringify({ model: reference, ...evaluation })}\n` : readable(reference, photoZ, evaluation))
}

/** @throws CandelaError as splitOfCard does, and `no-objects` where there is no such part */
function partOf (part: 'test' | 'validation', objects: readonly LabelledObject[], model: Model): LabelledObject[] {
  const chosen = new Set(splitOfCard(model.card, objects.map(({ snid }) => snid))[part])
  if (chosen.size === 0) {
    throw new CandelaError('no-objects', `no object to measure: the model was trained on all ${objects.length} and has no ${part} part`, {
      action: 'Give light curves that it was not trained on, with --part all; or evaluate a model that has a test part.'
    })
  }
  return objects.filter(({ snid }) => chosen.has(snid))
}

/** Progress on stderr about once a second, with rate and time left. */
function progress (total: number): (played: number) => void {
  const started = performance.now()
  let said = started
  return played => {
    const now = performance.now()
    if (now - said < 1000) return
    said = now
    const rate = played / (now - started) * 1000
    process.stderr.write(`${played} of ${total} objects, ${rate.toFixed(0)} objects/s, ${Math.ceil((total - played) / rate)} s left\n`)
  }
}

/** @throws CandelaError `predictions-unwritable` */
async function writePredictions (file: string, played: readonly PlayedObject[], calibration: Calibration): Promise<void> {
  function * lines (): Generator<string> {
    yield 'snid,epoch,midpointMjdTai,probabilityIa,typeIa\n'
    for (const { snid, times, logits, isIa } of played) {
      yield times.map((time, step) => `${snid},${step + 1},${time},${probabilityIa(logits[step]!, step + 1, calibration).toFixed(6)},${isIa ? 1 : 0}\n`).join('')
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file))
  } catch (cause) {
    throw new CandelaError('predictions-unwritable', `${file} cannot be written: ${messageOf(cause)}`, {
      value: file, cause, action: 'Give --predictions a file in a folder that exists and can be written.'
    })
  }
}

const EPOCHS_BETWEEN_LINES = 5

const epochRow = ({ epochs, objects, accuracy, auc, completeness, purity, ece, eceNoise }: EpochMetrics): string => [
  String(epochs).padStart(8), String(objects).padStart(8), fixed(accuracy, 2).padStart(11), fixed(auc, 4).padStart(8),
  fixed(completeness, 3).padStart(14), fixed(purity, 3).padStart(8), fixed(ece, 4).padStart(8), fixed(eceNoise, 4).padStart(11)
].join('')

function largestError (byEpochs: readonly EpochMetrics[]): string {
  const worst = worstCalibrated(byEpochs)
  const rule = `from ${CALIBRATED_FROM_EPOCHS} epochs on, with at least ${CALIBRATED_FROM_OBJECTS} objects`
  return worst === null
    ? `too few objects for the largest ECE ${rule}`
    : `largest ECE ${rule}: ${worst.ece.toFixed(4)} after ${worst.epochs} epochs (${worst.objects} objects; ${worst.eceNoise.toFixed(4)} by chance alone)`
}

function readable (model: string, photoZ: PhotoZ, { objects, typeIa, baseline, final, early, byEpochs }: Evaluation): string {
  const warning = noBetter(model, [['at the end', final], ['early', early]], baseline)
  return [
    `model ${model}, photo-z ${photoZ}: ${objects} objects, ${typeIa} of type Ia; ${baselineWords(baseline)}`,
    ...warning === null ? [] : [warning],
    '',
    `      ${FIGURES_HEAD}`,
    `final ${figuresRow(final)}`,
    `early ${figuresRow(early)}`,
    '',
    '  epochs objects accuracy %     AUC  completeness  purity     ECE  by chance',
    ...byEpochs.filter(({ epochs }) => epochs === CALIBRATED_FROM_EPOCHS || epochs % EPOCHS_BETWEEN_LINES === 0).map(epochRow),
    '',
    largestError(byEpochs),
    ''
  ].join('\n')
}

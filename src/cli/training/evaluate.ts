/** `candela evaluate`: the table of a model on light curves of known type. */
import { Command, Option } from 'commander'
import type { SettingName } from '../../config.ts'
import { CandelaError, UsageError } from '../../errors.ts'
import { loadClassShares } from '../../model/class-shares.ts'
import type { ClassShares } from '../../model/classes.ts'
import { loadNetwork } from '../../model/load-engine.ts'
import { addToCard, findModel, loadModel, type Model } from '../../model/model-file.ts'
import { CARD_FIELD } from '../../model/reference-distribution.ts'
import { ABOUT_SKIES, SKIES, underSky, type Sky } from '../../training/data/altered-sky.ts'
import { evaluate, type Evaluation } from '../../training/evaluation/evaluate.ts'
import { POINTS_TAKEN, type LabelledObject, type PointsTaken } from '../../training/data/labelled-object.ts'
import { evaluateForecast, type ForecastEvaluation } from '../../training/evaluation/forecast/evaluate-forecast.ts'
import { forecastOfCard } from '../../training/evaluation/forecast/forecast-of-card.ts'
import { judge, type Asked } from '../../training/evaluation/judged.ts'
import { classesOfCard, isOfCard, splitOfCard, trainingObjectsOfCard } from '../../training/evaluation/model-card.ts'
import { playObjects, type PhotoZ, type PlayedObject, type Told } from '../../training/evaluation/playback.ts'
import { publishedDistribution } from '../../training/evaluation/published-distribution.ts'
import { evaluateSky } from '../../training/evaluation/sky-evaluation.ts'
import { openReport } from '../../training/report/report.ts'
import { readClassesFile } from '../flags/classes-file.ts'
import { wholeNumber } from '../flags/whole-number.ts'
import { commandLine } from '../command-line.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'
import { forecastTables } from './evaluate-forecast.ts'
import { readable } from './evaluate-figures.ts'
import { skyTables } from './evaluate-tables.ts'
import { writePredictions } from './predictions.ts'
import { readSets } from './sets.ts'

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
  context: Told['context']
  classShares: string
  against?: string[]
  part: Part
  splitOf?: string
  points: PointsTaken
  sky: Sky
  forecasts: number
  classes?: string
  predictions?: string
  report?: string
  card?: true
  json?: true
}

export function evaluateCommand (): Command {
  const command = new Command('evaluate')
    .description('measure a model on light curves of known type')
    .requiredOption('--data <path...>', 'SNANA .DAT files or HEAD/PHOT.FITS pairs, folders, lists and tar archives of them, each gzipped, xz or zstd; each is a set, with lines of its own in the tables')
    .addOption(new Option('--photo-z <what>', 'whether the network is told the host\'s photometric redshift').choices(['known', 'unknown']).default('known'))
    .addOption(new Option('--context <what>', 'whether the network is told what the first alert says beside its fluxes, where the data have it').choices(['known', 'unknown']).default('known'))
    .option('--class-shares <shares>', 'the sky that probabilities are for and the mix that purity and calibration are measured in: training, lsst, ztf or a JSON file (models with classes)', 'training')
    .option('--against <classes...>', 'also the AUC of Ia against these classes or types together, as II,Ibc; several lists make several lines')
    .addOption(new Option('--part <part>', 'all objects given, only those the model was not trained on, or those that chose its best pass and calibration').choices(PARTS).default('all'))
    .option('--split-of <model>', 'with --part test or validation: the part of this model\'s split, whose data are given; the measured one may have been trained on some of it')
    .addOption(new Option('--points <which>', 'every point of a light curve, or those that its alerts bring until the last one, as replay and a live stream see it').choices(POINTS_TAKEN).default('all'))
    .addOption(new Option('--sky <name>', 'light curves as another survey would have seen them (see below)').choices(SKIES).default('as-given'))
    .option('--forecasts <objects>', 'objects of each class and set that the forecasts of a model with a decoder are measured on, drawn by a fixed seed; 0 for none', wholeNumber('forecasts', 0), 40)
    .option('--classes <file>', 'JSON file: which type labels make which class, and which classes count as Ia; they need not be the model\'s; without it as the model was trained')
    .option('--predictions <file>', 'also write a CSV, one line an epoch: snid,epoch,midpointMjdTai,probabilityIa,typeIa (1 or 0), and the probability of each class')
    .option('--report <folder>', 'also write index.html with plots, photo-z known and unknown, and its numbers as CSV and JSON')
    .option('--card', 'also write the distribution of P(Ia), which the drift of a live stream is measured against (docs/metrics.md), and how good the forecasts are into the model\'s card.json')
    .option('--json', 'print JSON to stdout')
  return addSettingFlags(command, ['model', 'engine', 'bandNames'])
    .addHelpText('after', `
early: after the night of the sixth observation with S/N > 4, or at the end where there are fewer.
An object without any detection (S/N > 5) is never classified: in accuracy, completeness and AUC of the first table it
counts with P(Ia) = 0.5, as not Ia, in the shares by set and type as not called Ia, and elsewhere not at all.
AUC, confusion and purity are of all sets together: some archives hold Ia alone, others the rest.
Skies: ${SKIES.map(sky => `${sky} (${ABOUT_SKIES[sky]})`).join(', ')}; objects that are not detected there are left out.
A file that is damaged, of unknown form or type is named on stderr and passed over, and the exit code is 1. What is read
in folders, lists and archives: docs/alerts.md.

Examples:
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc-10660-seed1 --part test --photo-z unknown
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc-10660-seed1 --part test --report report
  candela evaluate --data SIMGEN_PUBLIC_DES.tar.xz --model spcc/1.2 --part validation --card
  candela evaluate --data lsst des ztf-ia.tar.xz ztf-bts.tar.xz --model without-real/1.0 --part test --split-of with-real/1.0
  candela evaluate --data ztf-ia.tar.xz ztf-bts.tar.xz --model sky/1.1 --classes classes.json --photo-z unknown --context unknown --against II,Ibc`)
    .action(run)
}

/** @throws UsageError, or CandelaError as loadClassShares */
function sharesFor (setting: string, model: Model): ClassShares | null {
  if (setting === 'survey') throw new UsageError('--class-shares survey: objects of one table are of one sky', { value: setting, action: 'Give training, lsst, ztf or a file.' })
  if (model.classes === null && setting !== 'training') throw new UsageError(`--class-shares ${setting}: the model has no classes`, { value: setting, action: 'Leave --class-shares out.' })
  return loadClassShares(setting, model)('')
}

async function run (options: EvaluateCommandOptions): Promise<void> {
  const { data, photoZ, context, classShares, against = [], part, splitOf, points, sky, forecasts, classes, predictions, report: reportFolder, card, json, ...flags } = options
  if (card && sky !== 'as-given') throw new UsageError(`--card with --sky ${sky}`, { value: sky, action: 'The card has P(Ia) of the objects as they are: leave --sky out.' })
  if (splitOf !== undefined && part === 'all') throw new UsageError('--split-of with --part all', { value: splitOf, action: 'Say which part: --part test or --part validation.' })
  const settings = settingsOf(flags)
  const model = loadModel(settings.model)
  const split = splitOf === undefined ? model : loadModel(splitOf)
  const asked: Asked = { calibrated: model, shares: sharesFor(classShares, model) }
  const say = (message: string): void => { process.stderr.write(`candela: ${message}\n`) }
  const { engine, network } = await loadNetwork(model, settings.engine, say)
  if (predictions !== undefined) await writePredictions(predictions, [], asked)
  const report = reportFolder === undefined ? null : await openReport(reportFolder)
  const { objects, files, incomplete } = await readSets(data, points, classes === undefined ? classesOfCard(model.card) : readClassesFile(classes), part !== 'all', say)
  if (incomplete) process.exitCode = 1
  const chosen = underSky(part === 'all' ? objects : partOf(part, objects, split), sky)
  if (chosen.length === 0) throw new CandelaError('no-objects', `no object to measure: none of ${objects.length} is detected under the sky '${sky}'`, { value: sky, action: 'Choose another sky.' })
  if (part === 'all' && isOfCard(model.card, objects.map(({ snid }) => snid))) say('these are the objects that the model was trained and tested on; --part test leaves out those it was trained on')
  const play = (photoZ: PhotoZ): PlayedObject[] => playObjects(network, chosen, { photoZ, context }, progress(chosen.length))
  const other = photoZ === 'known' ? 'unknown' : 'known'
  let played: PlayedObject[]
  let playedOther: PlayedObject[] | null
  let forecast: ForecastEvaluation | null
  try {
    played = play(photoZ)
    playedOther = report === null && !card ? null : play(other)
    forecast = forecasts === 0 || model.classes === null ? null : evaluateForecast(network, chosen, { told: { photoZ, context }, classes: model.classes, most: forecasts, onProgress: sayForecasts() })
  } finally {
    network.dispose()
  }
  if (predictions !== undefined) await writePredictions(predictions, played, asked)
  const evaluation = evaluate(played, model, asked.shares)
  const ofSky = evaluateSky(judge(played, chosen, asked), asked, against.map(list => list.split(',').map(name => name.trim()).filter(name => name !== '')))
  const reference = `${model.name}/${model.version}`
  const both = playedOther && { [photoZ]: played, [other]: playedOther } as Record<PhotoZ, PlayedObject[]>
  if (card && both) {
    const command = `candela evaluate --data ${data.map(path => path.split('/').at(-1)).join(' ')} --model ${reference} --part ${part}${splitOf === undefined ? '' : ` --split-of ${split.name}/${split.version}`}${classShares === 'training' ? '' : ` --class-shares ${classShares}`} --card`
    await addToCard(findModel(settings.model), model.card, { [CARD_FIELD]: publishedDistribution(both, { objects: chosen, bands: model.shape.bands, ...asked }, { part, command }), ...forecast ? forecastOfCard({ part, told: { photoZ, context }, evaluation: forecast }) : {} })
  }
  if (report !== null && both) {
    say(`writing the report to ${reportFolder}`)
    const evaluations = { [photoZ]: evaluation, [other]: evaluate(both[other], model, asked.shares) } as Record<PhotoZ, Evaluation>
    await report.write({
      model: reference,
      bands: model.shape.bands,
      ...asked,
      trainingObjects: trainingObjectsOfCard(model.card),
      objects: chosen,
      played: both,
      evaluation: evaluations,
      sky: { photoZ, evaluation: ofSky },
      forecast,
      origin: [
        ['model', reference],
        ['data', data.join(' ')],
        ['part', splitOf === undefined ? ABOUT_PARTS[part] : `${part} part of ${split.name}/${split.version}`],
        ['points', points === 'all' ? 'all: every point of the files' : 'alerts: the points that the alerts bring'],
        ['sky', `${sky}: ${ABOUT_SKIES[sky]}`],
        ['context', context],
        ...ofSky.shares === null ? [] : [['class shares', ofSky.shares] as const],
        ['objects', `${evaluation.objects}, ${evaluation.typeIa} of type Ia`],
        ['engine', `${engine.name} ${engine.version}`],
        ['date', new Date().toISOString()],
        ['command', commandLine(process.argv)]
      ]
    })
  }
  for (const part of files) say(part)
  const about = [`photo-z ${photoZ}`, `context ${context}`, ...ofSky.shares === null ? [] : [`class shares '${ofSky.shares}'`]].join(', ')
  process.stdout.write(json
    ? `${JSON.stringify({ model: reference, photoZ, context, ...evaluation, sky: ofSky, ...forecast ? { forecast } : {} })}\n`
    : `${readable(reference, model.classes === null ? `photo-z ${photoZ}` : about, evaluation)}${[...skyTables(ofSky), ...forecast ? forecastTables(forecast) : []].map(line => `${line}\n`).join('')}`)
}

/** @throws CandelaError as splitOfCard does, and `no-objects` where there is no such part */
function partOf (part: 'test' | 'validation', objects: readonly LabelledObject[], model: Model): LabelledObject[] {
  const chosen = new Set(splitOfCard(model.card, objects)[part])
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

/** Progress of the fits beside the forecasts, about every two seconds. */
function sayForecasts (): (done: number, total: number) => void {
  let said = performance.now()
  return (done, total) => {
    const now = performance.now()
    if (now - said < 2000) return
    said = now
    process.stderr.write(`${done} of ${total} forecasts compared\n`)
  }
}

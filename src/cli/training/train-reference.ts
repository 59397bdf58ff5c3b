/** `candela train --architecture charnock-moss-2017`: light curves of known type → the published network and its table. */
import { PointReport } from '../../alert/points/point-report.ts'
import { CandelaError, describeError } from '../../errors.ts'
import { RETROSPECTIVE_ARCHITECTURE } from '../../model/model-file.ts'
import { referenceCard, saveReference, type ReferenceFacts } from '../../training/charnock-moss/reference-file.ts'
import type { ReferenceSettings } from '../../training/charnock-moss/settings.ts'
import { measureReference, trainReference, type TrainedReference } from '../../training/charnock-moss/train.ts'
import { describeCounts } from '../../training/data/classes.ts'
import { baselineWords, FIGURES_HEAD, figuresRow, noBetter } from '../../training/evaluation/figures.ts'
import { isTypeIa, readLabelledObjects, type LabelledObject } from '../../training/data/labelled-object.ts'
import { baselineOf } from '../../training/evaluation/metrics.ts'
import type { PassReport } from '../../training/train.ts'
import { loadTrainingTensorflow } from '../../training/network/training-engine.ts'
import { trainingParts } from './parts.ts'

export interface ReferenceRun {
  name: string
  version: string
  data: readonly string[]
  settings: ReferenceSettings
  /** Where the files go. */
  folder: string
  json: boolean
}

/** How a command tells of its progress. */
export interface Progress {
  say: (message: string) => void
  onPass: (report: PassReport) => void
}

/**
 * Trains until it is done or Ctrl-C is pressed.
 * @throws CandelaError `training-interrupted`: half a training is no reference, and there are no checkpoints to go on from
 */
async function trainUntilInterrupted (training: LabelledObject[], validation: LabelledObject[], settings: ReferenceSettings, { say, onPass }: Progress): Promise<TrainedReference> {
  const ending = new AbortController()
  const end = (): void => {
    say('stopping after the batch at hand; nothing is kept')
    ending.abort()
  }
  process.once('SIGINT', end)
  try {
    const trained = await trainReference(training, validation, settings, { onPass, signal: ending.signal })
    if (!ending.signal.aborted) return trained
    throw new CandelaError('training-interrupted', `training was interrupted in pass ${trained.passesDone} of ${settings.passes}; nothing was kept`, {
      canRetry: true, action: 'Give the same command to train anew.'
    })
  } finally {
    process.off('SIGINT', end)
  }
}

function readable ({ name, version, settings, table }: ReferenceFacts): string {
  if (table === null) return 'no test part: no table\n'
  const { objects, typeIa, final } = table
  const baseline = baselineOf(objects, typeIa)
  const warning = noBetter(`${name}/${version}`, [['at the end', final]], baseline)
  return [
    `${name}/${version}, Charnock & Moss 2017, photo-z ${settings.photoZ}, ${settings.trainingObjects} training objects`,
    `test part, whole light curves: ${objects} objects, ${typeIa} of type Ia; ${baselineWords(baseline)}`,
    ...warning === null ? [] : [warning],
    '',
    FIGURES_HEAD,
    figuresRow(final),
    ''
  ].join('\n')
}

/**
 * Trains, measures the test part, writes the files and prints the table, or the card as JSON.
 * @throws CandelaError as readLabelledObjects, splitObjects and trainReference do
 */
export async function trainReferenceModel ({ name, version, data, settings, folder, json }: ReferenceRun, progress: Progress): Promise<void> {
  const { say } = progress
  await loadTrainingTensorflow()
  say(`reading ${data.join(' ')}`)
  const read = new PointReport(say)
  const { objects, passedOver, files, skipped } = await readLabelledObjects(data, 'all', settings.classes, read)
  const leftOut = read.end()
  if (leftOut !== '') say(leftOut)
  for (const error of passedOver) say(`passed over: ${describeError(error)}`)
  if (Object.keys(skipped).length > 0) say(`left out by the classes: ${describeCounts(skipped)}`)
  const { training, validation, test } = trainingParts(objects, settings, say)

  const trained = await trainUntilInterrupted(training, validation, settings, progress)
  const facts: ReferenceFacts = {
    name,
    version,
    settings,
    trained,
    objects,
    table: test.length === 0 ? null : { objects: test.length, typeIa: test.filter(isTypeIa).length, final: await measureReference(trained, test, settings) },
    command: `candela train --architecture ${RETROSPECTIVE_ARCHITECTURE} --data ${data.map(path => path.split('/').at(-1)).join(' ')} --model ${name}/${version} --settings training.json`
  }
  await saveReference(folder, facts)
  say([`${folder}: weights of pass ${trained.bestPass}`, ...files.parts].join('; '))
  if (files.hasNotRead) process.exitCode = 1
  process.stdout.write(json ? `${JSON.stringify(referenceCard(facts))}\n` : readable(facts))
}

/** What is kept of a reference network: model.json, weights.bin (float32, little-endian), card.json, training.json. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RETROSPECTIVE_ARCHITECTURE, type ModelCard } from '../../model/model-file.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import type { Metrics } from '../evaluation/metrics.ts'
import { countedObjects, dataOfCard, rounded, UNITS } from '../evaluation/model-card.ts'
import { INPUT_SCALES } from './input.ts'
import { referenceSpecs } from './network.ts'
import type { ReferenceSettings } from './settings.ts'
import type { TrainedReference } from './train.ts'

export interface ReferenceFacts {
  name: string
  version: string
  settings: ReferenceSettings
  trained: TrainedReference
  /** All objects, the test part among them. */
  objects: readonly LabelledObject[]
  /** Of the test part; null where there is none. */
  table: { objects: number, typeIa: number, final: Metrics } | null
  /** The command line that was given. */
  command: string
}

/** card.json of a reference network; `settings.about` stands in it as given. */
export function referenceCard ({ name, version, settings, trained, objects, table, command }: ReferenceFacts): ModelCard {
  const { about, photoZ } = settings
  return {
    name,
    version,
    architecture: RETROSPECTIVE_ARCHITECTURE,
    method: 'Charnock & Moss 2017, arXiv:1606.07442: grouped points, gaps filled at random between the values before and after, the whole light curve',
    intendedUse: 'Comparison on one split. It needs the whole light curve and cannot be carried from alert to alert.',
    ...about,
    ...dataOfCard(objects, settings),
    table: table === null
      ? null
      : {
          part: 'test',
          ...countedObjects(table.objects, table.typeIa),
          photoZ,
          final: rounded(table.final),
          units: `${UNITS}; not calibrated`
        },
    training: {
      passes: trained.passesDone,
      bestPass: trained.bestPass,
      validationLoss: trained.validationLoss === null ? null : Number(trained.validationLoss.toFixed(4)),
      settings: 'training.json'
    },
    engine: trained.engine,
    date: new Date().toISOString().slice(0, 10),
    command
  }
}

/** Writes the four files into `folder`, which is created. loadModel() refuses them with `model-retrospective`. */
export async function saveReference (folder: string, facts: ReferenceFacts): Promise<void> {
  const { name, version, settings, trained } = facts
  const specs = referenceSpecs(trained.shape)
  const description = {
    format: 1,
    name,
    version,
    architecture: RETROSPECTIVE_ARCHITECTURE,
    bands: settings.bands,
    fluxUnit: 'FLUXCAL',
    zeroPoint: 27.5,
    photoZ: settings.photoZ,
    scales: settings.scaling === 'constant' ? INPUT_SCALES : null,
    widths: trained.shape.widths,
    bidirectional: trained.shape.bidirectional,
    weights: specs
  }
  const json = (value: unknown): string => JSON.stringify(value, null, 2) + '\n'
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'weights.bin'), Buffer.concat(specs.map(({ name }) => Buffer.from(trained.weights[name]!.buffer))))
  await writeFile(join(folder, 'model.json'), json(description))
  await writeFile(join(folder, 'card.json'), json(referenceCard(facts)))
  await writeFile(join(folder, 'training.json'), json(settings))
}

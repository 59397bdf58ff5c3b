/** Puts the parts together: engine, model, state store, processor. */
import { join } from 'node:path'
import { alertsInBytes } from './alert/input/alert-files.ts'
import { SchemaKeeper, type SchemaKeeperOptions } from './alert/schemas/keeper.ts'
import { openSchemaRegistry } from './alert/schemas/registry.ts'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from './alert/schemas/source.ts'
import { decodeAlert } from './alert/decode.ts'
import type { Alert } from './alert/alert.ts'
import type { Settings } from './config.ts'
import type { ModelView, Submit } from './http/api.ts'
import { modelView } from './http/operation/models.ts'
import { sharesFor } from './class-shares.ts'
import { sharesInUse, type SharesOfObject } from './model/class-shares.ts'
import type { Engine, Network } from './model/engine.ts'
import { loadNetwork } from './model/load-engine.ts'
import { loadModel, type Model } from './model/model-file.ts'
import { modelKey } from './model/model-key.ts'
import { referenceOf } from './model/reference-distribution.ts'
import { openArchiveFolder, type ArchiveFolder } from './state/archive/folder.ts'
import { createArchiver } from './state/archive/archiver.ts'
import { createDeadLetterDiscard, type DeadLetterDiscard } from './state/dead-letters/discard.ts'
import { createDeadLetterReplay, type DeadLetterReplay } from './state/dead-letters/replay.ts'
import { hostGiver, type GiveHost } from './state/processor/given-host.ts'
import { openLmdbStore } from './state/storage/store.ts'
import { createRebuild, type Rebuild } from './state/processor/rebuild.ts'
import { createProcessor, type Processor } from './state/processor/processor.ts'
import { createReplays, type Replays } from './state/processor/replays.ts'
import { createRestorer, type Restorer } from './state/archive/restorer.ts'
import { serialized } from './state/processor/serialized.ts'
import type { StateStore } from './state/store.ts'
import { createMeasures, type Measures } from './stream/measures.ts'
import { LARGEST_LETTER, submitAlerts, type SubmitBounds } from './stream/submit.ts'

export interface App extends Omit<Classifier, 'network'> {
  store: StateStore
  /** May be called by several sources at a time. */
  processor: Processor
  deadLetterReplay: DeadLetterReplay
  deadLetterDiscard: DeadLetterDiscard
  archives: ArchiveFolder
  restorer: Restorer
  schemas: SchemaSource
  decode: (bytes: Uint8Array) => Promise<Alert>
  submit: Submit
  giveHost: GiveHost
  rebuild: Rebuild
  replays: Replays
  /** Of what is submitted; whoever runs another source over the processor adds its own. */
  measures: Measures
  close (): Promise<void>
}

type SchemaSettings = Pick<Settings, 'schemaDir' | 'schemaRegistry' | 'schemaRegistryAuth'>

/** The registry where one is set, then the configured folder, then what comes with Candela. */
export function schemaSource ({ schemaDir = '', schemaRegistry: url = '', schemaRegistryAuth: auth = '' }: Partial<SchemaSettings>, warn: (message: string) => void, outage: Pick<SchemaKeeperOptions, 'onAway' | 'onBack'> = {}): SchemaSource {
  const folders = schemaFolders(...schemaDir === '' ? [] : [schemaDir], SHIPPED_SCHEMAS)
  return url === '' ? folders : new SchemaKeeper({ registry: openSchemaRegistry({ url, auth }), folders, warn, ...outage })
}

/** What classifies, without anything that is kept. */
export interface Classifier {
  engine: Engine
  model: Model
  network: Network
  /** The class shares of the sky that an object is on. */
  shares: SharesOfObject
  models: ModelView[]
}

/**
 * @param warn told what a user should know though the start goes on
 * @throws CandelaError for a model, class shares or an engine that cannot be used
 */
export async function loadClassifier (settings: Pick<Settings, 'model' | 'engine'> & Partial<Pick<Settings, 'classShares'>>, warn: (message: string) => void): Promise<Classifier> {
  const model = loadModel(settings.model)
  const { engine, network } = await loadNetwork(model, settings.engine, warn)
  const shares = sharesFor(model, settings.classShares)
  return {
    engine,
    model,
    network,
    shares,
    models: [modelView(model, { name: engine.name, version: engine.version }, sharesInUse(shares))]
  }
}

/** One body has a quarter of the room of dead letters at most, so that those of others are not pushed out. */
function submitBounds ({ unreadableAlerts, deadLettersMib, httpExpandedMib }: Partial<Pick<Settings, 'unreadableAlerts' | 'deadLettersMib' | 'httpExpandedMib'>>): SubmitBounds | undefined {
  if (unreadableAlerts === undefined || deadLettersMib === undefined || httpExpandedMib === undefined) return undefined
  return { unreadable: { most: unreadableAlerts, bytes: deadLettersMib * 2 ** 20 / 4, largest: LARGEST_LETTER }, mostExpanded: httpExpandedMib * 2 ** 20 }
}

/**
 * @param warn told what a user should know though the start goes on
 * @throws CandelaError for a model, an engine or a data folder that cannot be used
 */
export async function createApp (settings: Pick<Settings, 'model' | 'engine' | 'dataDir'> & Partial<SchemaSettings & Pick<Settings, 'classShares' | 'archiveDir' | 'unreadableAlerts' | 'deadLettersMib' | 'httpExpandedMib'>>, warn: (message: string) => void): Promise<App> {
  const { engine, model, network, shares, models } = await loadClassifier(settings, warn)
  const store = openLmdbStore(settings.dataDir)
  const schemas = schemaSource(settings, warn)
  const processor = serialized(createProcessor({ store, network, model, shares }))
  const restorer = createRestorer({ store, processor })
  const measures = createMeasures({ reference: referenceOf(model.card), kafka: false })
  const { archiveDir = '' } = settings
  const bounds = submitBounds(settings)
  return {
    engine,
    model,
    shares,
    store,
    processor,
    deadLetterReplay: createDeadLetterReplay({ deadLetters: store.deadLetters, processor, decode: (bytes, origin) => alertsInBytes(bytes, origin, { schemas }) }),
    deadLetterDiscard: createDeadLetterDiscard({ store, processor }),
    archives: openArchiveFolder({ folder: archiveDir === '' ? join(settings.dataDir, 'archive') : archiveDir, store, archiver: createArchiver({ store, processor }), restorer }),
    restorer,
    models,
    schemas,
    decode: bytes => decodeAlert(bytes, { schemas }),
    submit: (bytes, origin, dialect, report, given) => submitAlerts({ bytes, origin, dialect, report, given, schemas, processor, measures, bounds }),
    giveHost: hostGiver(processor),
    rebuild: createRebuild({ store, processor, key: modelKey(model) }),
    replays: createReplays({ network, model, shares, reader: store.reader }),
    measures,
    async close () {
      schemas.close?.()
      await processor.close()
      await store.close()
      network.dispose()
    }
  }
}

/** Walks a data folder and verifies every record in it, also beside the process that writes there. */
import { CandelaError } from '../../errors.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { modelKey } from '../../model/model-key.ts'
import { checkBlocks } from './blocks.ts'
import { ChangesCheck } from './changes.ts'
import { checkCounters } from './counters.ts'
import { checkDeadLetters } from './dead-letters.ts'
import { finding, type Finding, type FindingCode, type Report } from './findings.ts'
import { checkHistory, checkNewest } from './history.ts'
import { checkFacts, checkLightCurve } from './light-curve.ts'
import { checkOrders, ordersOf } from './orders.ts'
import { checkReplays, replayOf, type Replay } from './hidden-states.ts'
import { snapshotOf, type Snapshot } from './snapshot.ts'
import { readBeside, readRecord } from './stored-object.ts'
import { openReadOnly } from '../storage/read-only.ts'
import { unpackRecord } from '../record/packed-record.ts'
import { BLOCK_LENGTH, type ObjectRecord } from '../record/record.ts'

/** Objects that are replayed together. */
const BATCH = 512

export interface CheckOptions {
  folder: string
  network: Network
  model: Model
  /** The class shares of the service, as in createProcessor. */
  shares?: SharesOfObject
  onFinding: (finding: Finding) => void
  /** Name of the object or the part of the folder that is read next. */
  onReading?: (what: string) => void
  onProgress?: (objects: number, of: number) => void
  /** Ends the walk early, between two batches of objects. */
  signal?: AbortSignal
}

export interface CheckSummary {
  objects: number
  points: number
  publications: number
  /** Objects whose hidden states were compared with a replay. */
  replayed: number
  /** Objects whose hidden states belong to another model than the one in use. */
  otherModel: number
  deadLetters: number
  findings: number
  findingsByCode: Partial<Record<FindingCode, number>>
  /** Whether the walk reached its end. */
  complete: boolean
}

/**
 * Everything is read at one commit, so that later commits cannot look like damage. Damage is reported to `onFinding`.
 * Where the file's structure is damaged the walk ends, unless LMDB ends the process first.
 * @throws CandelaError `data-folder-missing`, `data-folder-version`, `data-folder-unusable`
 */
export async function checkStore (options: CheckOptions): Promise<CheckSummary> {
  const { folder, onReading = () => {} } = options
  onReading('the head of the data file')
  const opened = openReadOnly(folder)
  const walk = new Walk(options)
  let snapshot: Snapshot | undefined
  try {
    snapshot = snapshotOf(opened)
    await walk.run(snapshot)
  } catch (error) {
    if (!(error instanceof CandelaError) || error.code !== 'structure-damaged') throw error
    walk.report('structure-damaged', `the walk ended at or behind ${walk.reading}: ${error.message}`)
  } finally {
    snapshot?.done()
    await opened.close()
  }
  return walk.summary
}

class Walk {
  readonly #options: CheckOptions
  readonly #key: string
  readonly #unreadable = new Set<string>()
  #publicationsReadable = true
  /** Entries of the list of changes are this Candela's. */
  #ordered = false
  reading = 'the head of the data file'
  readonly summary: CheckSummary = { objects: 0, points: 0, publications: 0, replayed: 0, otherModel: 0, deadLetters: 0, findings: 0, findingsByCode: {}, complete: false }

  constructor (options: CheckOptions) {
    this.#options = options
    this.#key = modelKey(options.model)
  }

  readonly report: Report = (code, message, diaObjectId) => {
    const { summary } = this
    summary.findings++
    summary.findingsByCode[code] = (summary.findingsByCode[code] ?? 0) + 1
    this.#options.onFinding(finding(code, message, diaObjectId))
  }

  readonly #onDisorder = (message: string): void => this.report('structure-damaged', message)

  #reads (what: string): void {
    this.reading = what
    this.#options.onReading?.(what)
  }

  async run (snapshot: Snapshot): Promise<void> {
    const { signal } = this.#options
    const { summary, report } = this
    const changes = new ChangesCheck(snapshot, report)
    const orders = ordersOf(snapshot)
    this.#ordered = orders !== undefined
    let replays: Replay[] = []
    const flush = async (): Promise<void> => {
      checkReplays(this.#options.network, replays, report, ({ record }) => this.#newest(record, true))
      summary.replayed += replays.length
      replays = []
      this.#options.onProgress?.(summary.objects, snapshot.objects.size)
      await new Promise(resolve => setImmediate(resolve))
    }
    try {
      for (const { key, value } of snapshot.objects.entries(this.#onDisorder)) {
        this.#reads(`object ${key}`)
        const replay = this.#object(key, value, snapshot, changes)
        summary.objects++
        if (replay) replays.push(replay)
        if (replays.length === BATCH) await flush()
        if (signal?.aborted) return
      }
    } finally {
      await flush()
    }
    const recordOf = this.#recordOf(snapshot)
    this.#reads('the closed blocks')
    checkBlocks(snapshot, recordOf, report, this.#onDisorder)
    this.#reads('the list of changes')
    changes.checkEntries(recordOf, this.#onDisorder)
    if (orders) {
      this.#reads('the orders of the list of changes')
      checkOrders(snapshot, orders, changes.reported, report, this.#onDisorder)
    }
    this.#reads('the dead letters')
    const { deadLetters, greatest } = checkDeadLetters(snapshot, report, this.#onDisorder)
    summary.deadLetters = deadLetters
    this.#reads('the counters')
    const publications = this.#publicationsReadable ? summary.publications : null
    checkCounters(snapshot, { publications, greatestChange: changes.greatest, greatestDeadLetter: greatest }, report, this.#onDisorder)
    summary.complete = true
  }

  #object (diaObjectId: string, bytes: Uint8Array, snapshot: Snapshot, changes: ChangesCheck): Replay | undefined {
    const { summary, report } = this
    const { bands, features } = this.#options.network.shape
    const record = readRecord(diaObjectId, bytes, report)
    if (!record) {
      this.#unreadable.add(diaObjectId)
      this.#publicationsReadable = false
      return undefined
    }
    const object = readBeside(record, snapshot, report)
    const { closedPoints, closedPublications } = object
    summary.points += record.closedPointBlocks * BLOCK_LENGTH + record.openPoints.length
    summary.publications += record.closedPublicationBlocks * BLOCK_LENGTH + record.publications.length
    checkFacts(record, report)
    checkHistory(record, [...closedPublications ?? [], ...record.publications], report)
    changes.checkRecord(record, this.#ordered && closedPublications ? (_, block) => closedPublications.slice(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH) : undefined)
    const sound = closedPoints !== null && checkLightCurve(record, [...closedPoints, ...record.openPoints], report)
    if (record.model !== this.#key) {
      summary.otherModel++
      this.#newest(record, false)
      return undefined
    }
    if (sound) return replayOf(object, { key: this.#key, bands, features }, report)
    this.#newest(record, true)
    return undefined
  }

  #newest (record: ObjectRecord, inUse: boolean): void {
    const { model, shares = () => null } = this.#options
    checkNewest(record, inUse ? { model, shares: shares(record.diaObjectId) } : null, this.report)
  }

  /** Record by id; the last one is kept, since what belongs to one object lies together. */
  #recordOf ({ objects }: Snapshot): (diaObjectId: string) => ObjectRecord | null | undefined {
    let last: { diaObjectId: string, record: ObjectRecord | undefined } | undefined
    return diaObjectId => {
      if (this.#unreadable.has(diaObjectId)) return null
      if (last?.diaObjectId !== diaObjectId) {
        const bytes = objects.get(diaObjectId)
        last = { diaObjectId, record: bytes && unpackRecord(diaObjectId, bytes) }
      }
      return last.record
    }
  }
}

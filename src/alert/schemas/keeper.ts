/** Schemas from a registry first, then from folders; what was found is kept, and asked for again in the background. */
import QuickLRU from 'quick-lru'
import { CandelaError } from '../../errors.ts'
import { fingerprint } from '../avro/writer-type.ts'
import { isOutage } from './outage.ts'
import type { Patience } from './registry-http.ts'
import type { SchemaRegistry } from './registry.ts'
import type { SchemaSource } from './source.ts'

export interface SchemaKeeperOptions {
  registry: SchemaRegistry
  /** Asked where the registry cannot be asked or does not know an id. */
  folders: SchemaSource
  /** Told what the operator of a registry should know though alerts are read. */
  warn?: (message: string) => void
  /** Told when the registry is first found to be away though alerts are read, with what they are read with, … */
  onAway?: (error: CandelaError, message: string) => void
  /** … and when it answers again. `warn` is told where these are not given. */
  onBack?: () => void
  /** Milliseconds that only grow. */
  now?: () => number
}

/** A schema of the registry is asked for again after this [ms]. */
export const FRESH_MS = 600_000
/** That there is none, or one of a folder, is believed for so long [ms]. */
export const MAKESHIFT_MS = 30_000
/** After an alert that could not be read, the registry is asked at once, but not oftener than this for one id [ms]. */
export const DOUBT_MS = 30_000
/** Alerts wait for that answer, so it must come soon. */
const DOUBT_PATIENCE: Patience = { retries: 0, timeoutMs: 1000 }
/** Nobody waits for an answer in the background, and it is asked for again soon. */
const UNHURRIED: Patience = { retries: 0 }
/** Ids that are remembered at most (twice as many at times). */
const KEPT_IDS = 1000

interface Kept {
  schema: object
  from: 'registry' | 'folders'
  askAgainAt: number
  mayDoubtAt: number
}
/** Why an id has no schema; undefined where there simply is none. */
interface Refusal { error: CandelaError | undefined, until: number }

export class SchemaKeeper implements SchemaSource {
  readonly #registry: SchemaRegistry
  readonly #folders: SchemaSource
  readonly #warn: (message: string) => void
  readonly #onAway: (error: CandelaError, message: string) => void
  readonly #onBack: () => void
  readonly #now: () => number
  readonly #kept = new QuickLRU<number, Kept>({ maxSize: KEPT_IDS })
  readonly #refused = new QuickLRU<number, Refusal>({ maxSize: KEPT_IDS })
  readonly #changed = new Map<number, CandelaError>()
  /** One request at a time for one id. */
  readonly #loading = new Map<number, Promise<object | undefined>>()
  readonly #asking = new Map<number, Promise<void>>()
  #isAway = false
  #closed = false

  constructor ({ registry, folders, warn = () => {}, onAway = (_error, message) => warn(message), onBack = () => warn(`the schema registry ${registry.shown} answers again`), now = () => performance.now() }: SchemaKeeperOptions) {
    this.#registry = registry
    this.#folders = folders
    this.#warn = warn
    this.#onAway = onAway
    this.#onBack = onBack
    this.#now = now
  }

  /** @throws CandelaError 'registry-unreachable', 'registry-invalid', 'schema-invalid', 'schema-changed', and those of the folders */
  get (id: number): Promise<object | undefined> | object | undefined {
    const changed = this.#changed.get(id)
    if (changed) throw changed
    const kept = this.#kept.get(id)
    if (kept) {
      if (this.#now() >= kept.askAgainAt) this.#askAgain(id, kept, UNHURRIED)
      return kept.schema
    }
    const refused = this.#refused.get(id)
    if (refused && this.#now() < refused.until) {
      if (refused.error) throw refused.error
      return undefined
    }
    const loading = this.#loading.get(id) ?? this.#load(id).finally(() => this.#loading.delete(id))
    this.#loading.set(id, loading)
    return loading
  }

  async doubt (id: number): Promise<boolean> {
    const kept = this.#kept.get(id)
    if (!kept) return false
    if (this.#now() >= kept.mayDoubtAt) {
      kept.mayDoubtAt = this.#now() + DOUBT_MS
      await this.#askAgain(id, kept, DOUBT_PATIENCE)
    } else {
      await this.#asking.get(id)
    }
    const changed = this.#changed.get(id)
    if (changed) throw changed
    return this.#kept.get(id)?.schema !== kept.schema
  }

  close (): void {
    this.#closed = true
    this.#registry.close()
  }

  async #load (id: number): Promise<object | undefined> {
    let outage: CandelaError | undefined
    try {
      const schema = await this.#registry.fetch(id)
      this.#sayBack()
      if (schema) return this.#keep(id, schema, 'registry')
    } catch (error) {
      if (isOutage(error)) outage = error
      else throw this.#refuse(id, error)
    }
    const schema = await this.#folders.get(id)
    if (schema) {
      if (outage) this.#sayAway(outage, `alerts of schema ${id} are read with the schema of a folder: ${outage.message}`)
      return this.#keep(id, schema, 'folders')
    }
    if (outage) throw outage
    this.#refuse(id, undefined)
    return undefined
  }

  #keep (id: number, schema: object, from: Kept['from']): object {
    const now = this.#now()
    this.#kept.set(id, { schema, from, askAgainAt: now + (from === 'registry' ? FRESH_MS : MAKESHIFT_MS), mayDoubtAt: 0 })
    return schema
  }

  #refuse (id: number, error: unknown): unknown {
    if (error === undefined || error instanceof CandelaError) this.#refused.set(id, { error, until: this.#now() + MAKESHIFT_MS })
    return error
  }

  /** Never rejects: where the registry has nothing better, what is kept stays. */
  #askAgain (id: number, kept: Kept, patience: Patience): Promise<void> {
    const asking = this.#asking.get(id) ?? this.#compare(id, kept, patience).finally(() => this.#asking.delete(id))
    this.#asking.set(id, asking)
    return asking
  }

  async #compare (id: number, kept: Kept, patience: Patience): Promise<void> {
    kept.askAgainAt = this.#now() + (kept.from === 'registry' ? FRESH_MS : MAKESHIFT_MS)
    let schema: object | undefined
    try {
      schema = await this.#registry.fetch(id, patience)
      this.#sayBack()
    } catch (error) {
      if (error instanceof CandelaError && error.code === 'schema-invalid' && kept.from === 'registry') {
        this.#markChanged(id, error)
        return
      }
      kept.askAgainAt = this.#now() + MAKESHIFT_MS
      if (error instanceof CandelaError) this.#sayAway(error, `schema ${id} could not be compared with the registry's, alerts are read with the one that is kept: ${(error as Error).message}`)
      return
    }
    if (!schema) return
    if (isSame(schema, kept.schema)) {
      kept.from = 'registry'
      kept.askAgainAt = this.#now() + FRESH_MS
    } else if (kept.from === 'registry') {
      this.#markChanged(id)
    } else {
      this.#keep(id, schema, 'registry')
      this.#warn(`schema ${id} of a folder is not the registry's, which is used from now on; alerts were read with the folder's while the registry could not be asked or did not have it`)
    }
  }

  #markChanged (id: number, cause?: unknown): void {
    const error = new CandelaError('schema-changed', `the registry ${this.#registry.shown} gives another schema under id ${id} than before: which of the two wrote an alert cannot be told`, {
      value: id, cause, action: 'Check the registry: an id must keep its schema. Then restart Candela, which takes the schema that is there then, and replay the dead letters.'
    })
    this.#changed.set(id, error)
    this.#warn(`${error.message}; alerts of this id become dead letters`)
  }

  #sayAway (error: CandelaError, message: string): void {
    if (!this.#isAway && !this.#closed) this.#onAway(error, message)
    this.#isAway = true
  }

  #sayBack (): void {
    if (this.#isAway && !this.#closed) this.#onBack()
    this.#isAway = false
  }
}

/** A folder's schema may be no valid one: then the registry's is another. */
function isSame (a: object, b: object): boolean {
  try {
    return fingerprint(a) === fingerprint(b)
  } catch {
    return false
  }
}

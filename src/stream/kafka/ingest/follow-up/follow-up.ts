/** From an announcement to the alerts of its object: one request for the light curve, which the dialects read. */
import QuickLRU from 'quick-lru'
import type { Alert } from '../../../../alert/alert.ts'
import type { Announcement } from '../../../../alert/announcement.ts'
import { decodeFile } from '../../../../alert/decode.ts'
import type { Given } from '../../../../alert/given.ts'
import { contextOf } from '../../../../alert/context/known-context.ts'
import type { SchemaSource } from '../../../../alert/schemas/source.ts'
import { CandelaError } from '../../../../errors.ts'
import type { Measures } from '../../../measures.ts'
import type { Outage } from '../../../outage.ts'
import { serviceOf } from '../../subjects.ts'
import type { OutageOf } from '../source-outages.ts'
import { addressOf } from './addresses.ts'
import { empty, FollowUpError, unusable } from './follow-up-error.ts'
import { LightCurveService } from './light-curve-service.ts'
import type { FollowUpSettings } from './settings.ts'

export interface FollowUpOptions {
  settings: FollowUpSettings
  /** Name of the source. */
  source: string
  schemas: SchemaSource
  outageOf: OutageOf
  measures: Pick<Measures, 'announced'>
  /** Before the second try, doubled for each further one [ms]. */
  firstWaitMs?: number
  /** An answer may not be larger [bytes]. */
  mostBytes?: number
}

/** What waits, see OutageOf. */
const FOLLOWING = 'following up'
/** Objects whose light curves are kept, and points of one of them. */
const MOST_KEPT = 1000
const MOST_KEPT_POINTS = 1000
/** Failures without an answer in between, after which the service is taken for away, whatever it says of single objects. */
const MOST_FAILURES = 5
/** Announcements of which the light curves are asked for ahead of the one that is written next, for each request under way. */
const AHEAD = 4
/** A restart asks again for what was not committed. */
const SECONDS_TOGETHER = 10
const MOST_MESSAGES = 500

const NAMES = { alerce: 'ALeRCE', antares: 'ANTARES', lasair: 'Lasair' } as const

export class FollowUp {
  readonly #options: FollowUpOptions
  readonly #service: LightCurveService
  readonly #outage: Outage
  readonly #kept: QuickLRU<string, readonly Alert[]> | undefined
  /** Objects whose light curves are under way. */
  readonly #running = new Map<string, Promise<unknown>>()
  #failures = 0

  constructor (options: FollowUpOptions) {
    const { settings, outageOf, firstWaitMs, mostBytes } = options
    this.#options = options
    this.#service = new LightCurveService({ ...settings, firstWaitMs, mostBytes })
    this.#outage = outageOf(FOLLOWING, () => serviceOf(NAMES[settings.service], settings.url), {
      isWaitedFor: error => error instanceof FollowUpError && this.#isAway(error), endsWithoutSuccess: true, ...firstWaitMs !== undefined && { firstWaitMs }
    })
    this.#kept = settings.cacheSeconds > 0 ? new QuickLRU({ maxSize: MOST_KEPT, maxAge: 1000 * settings.cacheSeconds }) : undefined
  }

  /** Announcements that are worth following at the same time. */
  get ahead (): number {
    return AHEAD * this.#options.settings.concurrency
  }

  /** Messages of which the positions are committed together: what takes some seconds at the service's pace. */
  get mostMessages (): number {
    return Math.min(MOST_MESSAGES, Math.max(1, Math.ceil(SECONDS_TOGETHER * this.#options.settings.perSecond)))
  }

  /** Whether an announcement is one of the service that is asked. */
  follows ({ service }: Announcement): boolean {
    return service === this.#options.settings.service
  }

  /**
   * Waits while the service is away.
   * @throws FollowUpError 'follow-up-failed', 'follow-up-empty', 'follow-up-timeout'; the signal's reason once it aborts
   */
  async follow (announcement: Announcement, given: Given, signal: AbortSignal): Promise<readonly Alert[]> {
    const { measures, source } = this.#options
    try {
      const key = `${announcement.survey ?? ''} ${announcement.id}`
      for (let running = this.#running.get(key); running; running = this.#running.get(key)) await running.catch(() => {})
      signal.throwIfAborted()
      const kept = this.#kept?.get(key)
      const alerts = kept ?? await this.#asked(key, announcement, given, signal)
      measures.announced(source, kept ? 'cached' : 'followed')
      return alerts.map(alert => withClass(alert, announcement))
    } catch (error) {
      if (!signal.aborted) measures.announced(source, 'failed')
      throw error
    }
  }

  async #asked (key: string, announcement: Announcement, given: Given, signal: AbortSignal): Promise<readonly Alert[]> {
    const asking = this.#outage.over(() => this.#ask(announcement, given, signal), signal)
    this.#running.set(key, asking)
    try {
      const alerts = await asking
      if (alerts.reduce((sum, { points }) => sum + points.length, 0) <= MOST_KEPT_POINTS) this.#kept?.set(key, alerts)
      return alerts
    } finally {
      this.#running.delete(key)
    }
  }

  async #ask (announcement: Announcement, given: Given, signal: AbortSignal): Promise<readonly Alert[]> {
    const address = addressOf(announcement, this.#options.settings)
    try {
      const alerts = await this.#read(await this.#service.ask(address, signal), address, announcement, given)
      this.#failures = 0
      return alerts
    } catch (error) {
      if (error instanceof FollowUpError) this.#failures = error.scope === 'object' ? 0 : this.#failures + 1
      throw error
    }
  }

  #isAway ({ scope }: FollowUpError): boolean {
    return scope === 'service' || (scope === 'unclear' && this.#failures > MOST_FAILURES)
  }

  async #read (bytes: Buffer, address: string, announcement: Announcement, { minReliability }: Given): Promise<readonly Alert[]> {
    // What is known of the announcement's bytes is not known of the answer's.
    const { schemas, settings: { service } } = this.#options
    const alerts: Alert[] = []
    let failure: CandelaError | undefined
    const [only, ...others] = announcement.diaObjectIds
    const object = only !== undefined && others.length === 0 ? only : announcement.id
    for await (const decoded of decodeFile(bytes, { schemas, dialect: service, given: { object, ...minReliability !== undefined && { minReliability } } })) {
      if ('alert' in decoded) alerts.push(decoded.alert)
      else failure ??= decoded.error
    }
    // Some of a locus's objects may be whole where others are not.
    if (alerts.length === 0) {
      if (failure === undefined || failure.code === 'alert-incomplete') throw empty(address, failure?.message ?? 'it is empty', failure)
      throw unusable(address, `answers with what is no light curve: ${failure.message} [${failure.code}]`, failure)
    }
    const stranger = service === 'antares' ? undefined : alerts.find(({ diaObjectId }) => diaObjectId !== object)
    if (stranger) throw unusable(address, `answers with the light curve of another object, ${stranger.diaObjectId}`)
    return alerts
  }
}

/** The likeliest class of the announcement goes along, to be shown. */
function withClass (alert: Alert, { service, probabilities = {} }: Announcement): Alert {
  const [best] = Object.entries(probabilities).sort(([, a], [, b]) => b - a)
  if (best === undefined) return alert
  const context = contextOf({ ...alert.context, classes: [...alert.context?.classes ?? [], { catalogue: NAMES[service], class: best[0] }] })
  return context ? { ...alert, context } : alert
}

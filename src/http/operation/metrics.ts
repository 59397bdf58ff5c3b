/** /metrics: the accounting and the models for Prometheus, read from the store at each scrape, and the measures of the stream. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Counter, Gauge, Registry } from 'prom-client'
import { z } from 'zod'
import { DEAD_LETTER_CODES } from '../../state/dead-letters/codes.ts'
import { DECLINE_REASONS, type ObjectReader, type StoreStatistics } from '../../state/views.ts'
import type { ModelView } from './models.ts'
import { anyProblem } from '../problems/problems.ts'
import type { StreamMeasures } from '../stream/measures.ts'

/** In Prometheus' text format 0.0.4, with names of its own. */
export interface Measured {
  metrics (): Promise<string>
}

/** Disk space that the state stores of this process take, and what is left. */
export interface DiskUse {
  /** On disk [bytes]. */
  used: number
  /** Left to this process on the disk of the data folder [bytes]. */
  free: number
}

export interface MetricsOptions {
  /** Of Candela. */
  version: string
  /** Without it there is no accounting. */
  reader?: Pick<ObjectReader, 'statistics'> | undefined
  models: () => ModelView[]
  /** Of the stream of alerts. */
  measures?: StreamMeasures | undefined
  diskUse?: (() => Promise<DiskUse>) | undefined
  /** Measured elsewhere in the process. */
  others?: readonly Measured[]
}

type Counts = Readonly<Partial<Record<string, number>>>

/**
 * Makes a new registry for each scrape. All values are then of one commit, and counters are right from the first scrape
 * after a restart on.
 */
function registryOf (statistics: StoreStatistics | undefined, disk: DiskUse | undefined, { version, models }: Pick<MetricsOptions, 'version' | 'models'>): Registry {
  const registry = new Registry()
  if (statistics) registerAccounting(registry, statistics)
  if (disk) registerDisk(registry, disk)
  const info = new Gauge({ name: 'candela_info', help: 'Version of Candela, its model and engine; always 1.', labelNames: ['version', 'model', 'engine'], registers: [registry] })
  const loaded = models().map(({ name, version, engine }) => ({ model: `${name}/${version}`, engine: `${engine.name}/${engine.version}` }))
  for (const labels of loaded.length > 0 ? loaded : [{ model: '', engine: '' }]) info.set({ version, ...labels }, 1)
  return registry
}

function registerAccounting (registry: Registry, { objects, archivedObjects, deadLetters, deadLettersDiscarded, accounting }: StoreStatistics): void {
  const registers = [registry]
  const counters = (name: string, help: string, label: string, counts: Counts, names: readonly string[] = []): void => {
    const counter = new Counter({ name, help, labelNames: [label], registers })
    for (const value of new Set([...names, ...Object.keys(counts)])) counter.inc({ [label]: value }, counts[value] ?? 0)
  }
  const { received, classified, declined, duplicate, deadLettered, replayed, declinedByReason, deadLetteredByCode } = accounting
  new Counter({ name: 'candela_alerts_received_total', help: 'Alerts received: the sum of candela_alerts_total over all outcomes.', registers }).inc(received)
  counters('candela_alerts_total', 'Alerts by outcome; every alert has exactly one.', 'outcome', { classified, declined, duplicate, 'dead-lettered': deadLettered })
  counters('candela_alerts_declined_total', 'Declined alerts by reason.', 'reason', declinedByReason, DECLINE_REASONS)
  counters('candela_alerts_dead_lettered_total', 'Dead-lettered alerts by error code.', 'code', deadLetteredByCode, DEAD_LETTER_CODES)
  new Counter({ name: 'candela_alerts_replayed_total', help: 'Received alerts that were dead letters put through again.', registers }).inc(replayed)
  new Gauge({ name: 'candela_dead_letters', help: 'Dead letters that stand now.', registers }).set(deadLetters)
  new Counter({ name: 'candela_dead_letters_discarded_total', help: 'Dead letters that were given up.', registers }).inc(deadLettersDiscarded)
  new Gauge({ name: 'candela_archived_objects', help: 'Objects that lie in archives.', registers }).set(Math.max(0, archivedObjects))
  new Gauge({ name: 'candela_objects', help: 'Objects kept.', registers }).set(objects)
}

function registerDisk (registry: Registry, { used, free }: DiskUse): void {
  const registers = [registry]
  new Gauge({ name: 'candela_store_bytes', help: 'What the state stores of this process take on disk.', registers }).set(used)
  new Gauge({ name: 'candela_disk_free_bytes', help: 'What is left on the disk of the data folder.', registers }).set(free)
}

export const metrics: FastifyPluginAsyncZod<MetricsOptions> = async (app, { version, reader, models, measures, diskUse, others = [] }) => {
  app.get('/metrics', {
    schema: {
      summary: 'The accounting and the measures of the stream for Prometheus',
      description: 'Values of the accounting are those of the store at one commit: they survive restarts, and the identity holds in every scrape. Measures of the stream, of HTTP and of the process itself begin with its start; a process that does not classify has no accounting. docs/metrics.md lists all.',
      tags: ['operation'],
      response: { 200: { description: 'Prometheus text format 0.0.4', content: { 'text/plain': { schema: z.string() } } }, ...anyProblem }
    }
  }, async (_request, reply) => {
    const disk = await diskUse?.()
    const registry = registryOf(reader?.statistics(), disk, { version, models })
    const texts = await Promise.all([registry, ...measures ? [measures] : [], ...others].map(measured => measured.metrics()))
    return reply.type(registry.contentType).header('cache-control', 'no-store').send(texts.join('\n'))
  })
}

/** /v1/statistics: what became of every alert, and how fast. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DECLINE_REASONS, type ObjectReader, type StoreStatistics } from '../../state/views.ts'
import { anyProblem } from '../problems/problems.ts'
import { RecentCounts, recentCountsSchema } from './recent-counts.ts'
import { answer } from '../schemas.ts'
import { streamStatisticsSchema, type StreamMeasures } from '../stream/measures.ts'

const count = z.int().min(0)

export const accountingSchema = z.object({
  received: count,
  classified: count,
  declined: count,
  duplicate: count,
  deadLettered: count,
  replayed: count.describe('Those of `received` that were dead letters put through again: each is received once more, with its new outcome'),
  declinedByReason: z.partialRecord(z.enum(DECLINE_REASONS), count).describe('Adds up to `declined`'),
  deadLetteredByCode: z.record(z.string(), count).describe('By error code; adds up to `deadLettered`. docs/accounting.md lists the codes')
})

const stream = streamStatisticsSchema.describe('Measures of the stream, of this process since it started; without Kafka there is no lag and no restoration')

const statisticsSchema = z.object({
  objects: count.describe('Objects kept'),
  archivedObjects: count.describe('Objects that lie in archives'),
  republished: count.describe('Classifications published for another reason than an alert: a host redshift that was given, another model. The published history has `classified` + `republished` entries'),
  deadLetters: count.describe('Dead letters that stand now: falls as they are put through again'),
  deadLettersDiscarded: count.describe('Dead letters that were given up: all that ever were = those that stand + those that were settled + these'),
  accounting: accountingSchema.describe('received = classified + declined + duplicate + deadLettered, at every moment and across restarts. All counts only rise; those of a process that classifies from Kafka are of the partitions that it has, which take their counts along when they move'),
  stream: stream.optional()
}).meta({ id: 'Statistics' })

export interface StatisticsOptions {
  /** Without it there is no accounting. */
  reader?: Pick<ObjectReader, 'statistics'> | undefined
  /** Without them there is no `stream`. Without either there is no route. */
  measures?: StreamMeasures | undefined
  /** Between two counts of GET /v1/statistics/recent [ms]; 2 s where not given. */
  countEveryMs?: number | undefined
}

/** Objects restored from another store's archive were never counted here, so the count can be below 0. */
const shown = (statistics: StoreStatistics): StoreStatistics => ({ ...statistics, archivedObjects: Math.max(0, statistics.archivedObjects) })

export const statistics: FastifyPluginAsyncZod<StatisticsOptions> = async (app, { reader, measures, countEveryMs }) => {
  const tags = ['operation']
  if (reader) {
    app.get('/statistics', {
      schema: {
        summary: 'What became of every alert',
        tags,
        response: { ...answer('Counts since the store was made; measures of the stream since the process started', statisticsSchema), ...anyProblem }
      }
    }, async () => ({ ...shown(reader.statistics()), ...measures && { stream: await measures.statistics() } }))
    const recent = new RecentCounts(reader, countEveryMs)
    app.addHook('onClose', async () => recent.close())
    app.get('/statistics/recent', {
      schema: {
        summary: 'The accounting of the newest 20 minutes',
        description: 'Counted by this process, since it started: for rates at first sight.',
        tags,
        response: { ...answer('Counts, a few seconds apart', recentCountsSchema), ...anyProblem }
      }
    }, async () => recent.view())
  } else if (measures) {
    app.get('/statistics', {
      schema: {
        summary: 'How fast alerts come through',
        description: 'This process keeps no accounting: those that classify do.',
        tags,
        response: { ...answer('Measures since the process started', z.object({ stream })), ...anyProblem }
      }
    }, async () => ({ stream: await measures.statistics() }))
  }
}

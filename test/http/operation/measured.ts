import type { Measures } from '../../../src/stream/measures.ts'

/** One of everything that is measured. */
export function measured (measures: Measures): void {
  measures.announced('alerce', 'followed')
  const now = Date.parse('2026-05-01T00:00:00Z')
  measures.latency('total', now, now + 15)
  measures.lag('candela.photometry', 3, 7)
  measures.restoring('classify', 500)
  measures.restored('classify', 1200)
  measures.batch(40)
  measures.batchTime('process', 12)
  measures.outcomes([{ diaObjectId: '1', diaSourceId: '1', midpointMjdTai: 60000, outcome: 'classified', probabilityIa: 0.25, epochs: 3, revision: 0 }])
  measures.incident('kafka-unreachable')
  measures.waits('partition 3', { code: 'kafka-unreachable', message: 'nobody answers' })
  measures.served([{ partition: 3, hasOwner: true, unclassified: 7, behind: 0 }])
}

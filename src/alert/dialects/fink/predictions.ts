/** Messages of Fink's topics `fink_ai_…`: what a model says of an alert, without the alert. */
import { CandelaError } from '../../../errors.ts'
import type { JsonDialect } from '../../dialect.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isPrediction = (document: object): boolean =>
  'source' in document && isRecord(document.source) && 'candid' in document.source && 'result' in document && isRecord(document.result)

function refuse (document: object): never {
  const { candid } = (document as { source: { candid: unknown } }).source
  throw new CandelaError('alert-incomplete', 'a prediction of a topic fink_ai_… has no light curve', {
    value: String(candid).slice(0, 64),
    action: 'Subscribe to the topic that feeds the model, fink_ai_feed_… or ftransfer_<survey>_…, which has the alerts, or to one of Fink\'s filters.'
  })
}

export const finkAi: JsonDialect = { name: 'fink-lsst', matches: isPrediction, alerts: refuse }

/**
 * Pitt-Google's topics: Rubin's framed message as it came, the same as JSON, and the lite form. Pub/Sub's attributes
 * are text; in a Kafka topic they stand as headers. Pub/Sub has no key.
 * https://github.com/mwvgroup/Pitt-Google-Broker (broker/cloud_run/lsst/ps_to_storage/main.py)
 */
import type { BrokerRecord } from './broker-record.ts'
import { pythonJson } from './python-json.ts'
import { utcOf, type RubinAlert, type Value } from './rubin-alert.ts'

/** From the middle of an exposure to Rubin's topic [d]. */
const DELAY = 90 / 86_400

const attributesOf = ({ diaObject, diaSource, prvDiaSources }: RubinAlert): Record<string, string> => ({
  diaObject_diaObjectId: diaObject.diaObjectId.toString(),
  diaSource_diaSourceId: diaSource.diaSourceId.toString(),
  'kafka.timestamp': utcOf(diaSource.midpointMjdTai + DELAY).toString(),
  'kafka.topic': 'lsst-alerts-v10.0',
  n_previous_detections: (prvDiaSources?.length ?? 0).toString(),
  schema_version: 'v10_0'
})

/** Topic lsst-alerts. @param bytes the simulator's: Confluent's frame, whose id is Rubin's, and the datum */
export const pittGoogleRecord = (alert: RubinAlert, bytes: Uint8Array): BrokerRecord =>
  ({ key: null, headers: attributesOf(alert), value: Buffer.from(bytes) })

/** Where the message lies in the broker's bucket: framed, as it came. */
export const bucketPath = ({ diaObject, diaSource }: RubinAlert): string[] => [
  'v10_0',
  `kafkaPublishTimestamp=${new Date(utcOf(diaSource.midpointMjdTai + DELAY)).toISOString().slice(0, 10)}`,
  `diaObjectId=${diaObject.diaObjectId}`,
  `diaSourceId=${diaSource.diaSourceId}.avro`
]

const json = (alert: RubinAlert, content: object): BrokerRecord =>
  ({ key: null, headers: attributesOf(alert), value: Buffer.from(pythonJson(content, 'null')) })

/** Topic lsst-alerts-json: all fields, ids as numbers, null for NaN. */
export const pittGoogleJsonRecord = (alert: RubinAlert): BrokerRecord => json(alert, alert)

/** What the lite form keeps of a source and of an object. */
const SOURCE = ['diaSourceId', 'midpointMjdTai', 'ra', 'raErr', 'dec', 'decErr', 'psfFlux', 'psfFluxErr', 'band']
const OBJECT = [
  'diaObjectId', ...['u', 'g', 'r', 'i', 'z', 'y'].map(band => `${band}_psfFluxErrMean`), 'firstDiaSourceMjdTai', 'lastDiaSourceMjdTai', 'nDiaSources'
]
const chosen = (fields: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(names.map(name => [name, fields[name] ?? null]))

/** Topic lsst-lite: no reliability, no flags; the forced photometry is whole. */
export const pittGoogleLiteRecord = (alert: RubinAlert): BrokerRecord => json(alert, {
  alert_lite: {
    diaSourceId: alert.diaSourceId,
    observation_reason: alert.observation_reason,
    target_name: alert.target_name,
    diaSource: chosen(alert.diaSource, SOURCE),
    prvDiaSources: (alert.prvDiaSources ?? []).map(source => chosen(source, SOURCE)),
    prvDiaForcedSources: alert.prvDiaForcedSources ?? [],
    diaObject: chosen(alert.diaObject, OBJECT),
    ssSource: null,
    mpc_orbits: null
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertsInBytes } from '../../../src/alert/input/alert-files.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { alertSchema } from '../../../src/simulator/live/packet.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { classificationSchema } from '../../../src/stream/outputs/classification.ts'
import { brokerClassificationSchema } from '../../../src/stream/outputs/elasticc.ts'
import { output, type OutputMessage, type PublishedAlert } from '../../../src/stream/outputs/outputs.ts'
import { openPipeline } from '../../pipeline.ts'
import { readWithIcebird } from './avro-readers.ts'
import { settings } from './published-alerts.ts'

const FRAME_LENGTH = 5
const HEADER_LENGTH = 10
const NIGHTS = 6

test('some nights of the simulated sky, each alert twice: every alert has its message, with the P(Ia) that it was given', async t => {
  const { processor, store } = await openPipeline(t)
  const schema = alertSchema() as object
  const sky = createSky({ seed: 3, activeObjects: 60 })
  const played: PublishedAlert[] = []
  for (const packet of Array.from({ length: NIGHTS }, (_, night) => sky.night(night)).flat()) {
    const bytes = Buffer.from(packet.bytes)
    for (let time = 0; time < 2; time++) {
      for await (const received of alertsInBytes(bytes, 'sky', { schemas: schemaFolders(SHIPPED_SCHEMAS) })) {
        const [outcome] = await processor.process([{ ...received, origin: 'sky' }])
        played.push({
          outcome: outcome!,
          standing: outcome!.diaObjectId === null ? null : store.reader.classifications(outcome!.diaObjectId)?.at(-1) ?? null,
          firstDetectionMjdTai: outcome!.diaObjectId === null ? null : store.reader.object(outcome!.diaObjectId)?.firstDetectionMjdTai ?? null,
          position: 'alert' in received ? received.alert : null,
          origin: 'sky',
          surveyPublishedAt: null,
          ingestedAt: null,
          processedAt: 1e12,
          packet: { schema, datum: bytes.subarray(FRAME_LENGTH) }
        })
      }
    }
  }
  const outcomes = new Set(played.map(({ outcome }) => outcome.outcome))
  assert.ok(outcomes.has('classified') && outcomes.has('duplicate'), [...outcomes].join())
  const messages = (format: string): Array<OutputMessage | null> => played.map(output(format, settings))

  const own = messages('candela').map(message => readWithIcebird(classificationSchema, message!.value.subarray(HEADER_LENGTH)))
  assert.deepEqual(own.map(({ diaSourceId, outcome }) => [diaSourceId, outcome]), played.map(({ outcome }) => [outcome.diaSourceId, outcome.outcome]))
  const classified = played.map(({ outcome }) => outcome.outcome === 'classified')
  assert.deepEqual(own.filter((_, index) => classified[index]).map(({ probabilityIa }) => probabilityIa), played.filter((_, index) => classified[index]).map(({ outcome }) => outcome.probabilityIa))

  const elasticc = messages('elasticc').map(message => readWithIcebird(brokerClassificationSchema, message!.value))
  assert.deepEqual(elasticc.map(({ diaSourceId }) => String(diaSourceId)), played.map(({ outcome }) => outcome.diaSourceId))
  const classes = elasticc.map(({ classifications }) => (classifications as Array<{ classId: number }>).map(({ classId }) => classId).join())
  assert.deepEqual(classes, played.map(({ outcome, standing }) => outcome.outcome === 'declined' || standing === null ? '300' : '2222,200'))

  for (const format of ['fastdb', 'fastdb-11.1']) assert.equal(messages(format).filter(message => message !== null).length, played.length, format)
  assert.deepEqual(messages('lasair').map(message => message !== null), classified)
  assert.deepEqual(messages('hopskotch').map(message => message !== null), classified)
})

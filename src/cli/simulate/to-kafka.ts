/** `candela simulate --to kafka`: the packets of a simulated sky, night after night. */
import { brokerRecord, type Form } from '../../simulator/broker-forms/forms.ts'
import { createSky, type Sky, type SkyOptions } from '../../simulator/live/sky.ts'
import type { KafkaSettings } from '../../stream/kafka/client/client.ts'
import type { FedPacket } from '../../stream/kafka/feeder.ts'
import { feedTopic } from '../replay/feed.ts'
import type { FeedRequest } from '../flags/kafka.ts'

async function * packetsOf (sky: Sky, nights: number, form: Form): AsyncGenerator<FedPacket> {
  for (let night = 0; night < nights; night++) {
    for (const alert of sky.night(night)) {
      const { key, headers, value } = brokerRecord(alert, form)
      yield { bytes: value, key, headers, origin: `night ${night + 1}` }
    }
  }
}

/**
 * Nights 0 to nights − 1 into a topic: as LSST alerts v10.0 in Confluent's frame, keyed by diaObjectId, or in a broker's form.
 * @throws CandelaError as feedTopic
 */
export async function simulateToKafka (options: SkyOptions, nights: number, form: Form, request: FeedRequest, settings: KafkaSettings): Promise<{ alerts: number, topic: string }> {
  const { sent } = await feedTopic(packetsOf(createSky(options), nights, form), request, settings)
  return { alerts: sent, topic: request.topic }
}

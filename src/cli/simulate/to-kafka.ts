/** `candela simulate --to kafka`: the packets of a simulated sky, night after night. */
import { createSky, type Sky, type SkyOptions } from '../../simulator/sky.ts'
import type { KafkaSettings } from '../../stream/kafka/client/client.ts'
import type { FedPacket } from '../../stream/kafka/feeder.ts'
import { feedTopic } from '../replay/feed.ts'
import type { FeedRequest } from '../flags/kafka.ts'

async function * packetsOf (sky: Sky, nights: number): AsyncGenerator<FedPacket> {
  for (let night = 0; night < nights; night++) {
    for (const { bytes, diaObjectId } of sky.night(night)) yield { bytes, key: diaObjectId, origin: `night ${night + 1}` }
  }
}

/**
 * Nights 0 to nights − 1 into a topic: LSST alerts v10.0 in Confluent's frame, keyed by diaObjectId.
 * @throws CandelaError as feedTopic
 */
export async function simulateToKafka (options: SkyOptions, nights: number, request: FeedRequest, settings: KafkaSettings): Promise<{ alerts: number, topic: string }> {
  const { sent } = await feedTopic(packetsOf(createSky(options), nights), request, settings)
  return { alerts: sent, topic: request.topic }
}

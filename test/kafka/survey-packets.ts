/** Packets of a survey with every outcome among them: classified, declined with and without a P(Ia) that stands, duplicate, dead-lettered. */
import { readFrame } from '../../src/alert/schemas/confluent.ts'
import { alertType } from '../../src/simulator/live/packet.ts'
import { createSky } from '../../src/simulator/live/sky.ts'

export interface SurveyPacket {
  /** diaObjectId; null where it has none or cannot be read. */
  key: string | null
  bytes: Buffer
}

/** Beyond 2^53. */
const SOURCE_OF_NO_OBJECT = 2n ** 62n + 1n

export function surveyPackets ({ seed, nights }: { seed: number, nights: number }): SurveyPacket[] {
  const sky = createSky({ seed, activeObjects: 60 })
  const seen = Array.from({ length: nights }, (_, night) => sky.night(night)).flat().map(({ diaObjectId, bytes }): SurveyPacket => ({ key: diaObjectId, bytes: Buffer.from(bytes) }))
  const again = seen.filter((_, k) => k % 10 === 0)
  return [...seen, ...again, { key: null, bytes: ofNoObject(seen[0]!.bytes) }, { key: null, bytes: seen[1]!.bytes.subarray(0, 60) }]
}

/** The same packet where the survey gave its source no object yet. */
function ofNoObject (packet: Buffer): Buffer {
  const { position } = readFrame(packet)
  const alert = alertType.fromBuffer(packet.subarray(position)) as { diaSource: object }
  const diaSource = { ...alert.diaSource, diaSourceId: SOURCE_OF_NO_OBJECT, diaObjectId: null }
  return Buffer.concat([packet.subarray(0, position), alertType.toBuffer({ ...alert, diaSourceId: SOURCE_OF_NO_OBJECT, diaSource, diaObject: null })])
}

/** Builds the images of brokers before the first test that wants one. */
import { brokerImage, KAFKA_VERSIONS } from './broker-image.ts'

for (const version of KAFKA_VERSIONS) await brokerImage(version)

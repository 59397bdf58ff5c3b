/** `npm run schemas`: writes the schemas that stand in the code: JSON from zod, Avro of archives and outputs. */
import { writeFileSync } from 'node:fs'
import { alertJsonSchema } from '../src/alert/dialects/plain-schema.ts'
import { archiveSchema } from '../src/state/archive/schema.ts'
import { photometrySchema } from '../src/stream/kafka/photometry-schema.ts'
import { classificationSchema } from '../src/stream/outputs/classification.ts'
import { brokerClassificationSchema } from '../src/stream/outputs/elasticc.ts'
import { brokerMessageSchema } from '../src/stream/outputs/fastdb.ts'

writeFileSync(new URL('alert.schema.json', import.meta.url), `${JSON.stringify(alertJsonSchema(), null, 2)}\n`)
writeFileSync(new URL('archive.avsc', import.meta.url), `${JSON.stringify(archiveSchema, null, 2)}\n`)
writeFileSync(new URL('classification.avsc', import.meta.url), `${JSON.stringify(classificationSchema, null, 2)}\n`)
writeFileSync(new URL('elasticc.v0_9_1.brokerClassification.avsc', import.meta.url), `${JSON.stringify(brokerClassificationSchema, null, 2)}\n`)
writeFileSync(new URL('fastdb.v10_0_0.BrokerMessage.avsc', import.meta.url), `${JSON.stringify(brokerMessageSchema('10.0'))}\n`)
writeFileSync(new URL('fastdb.v11_1_0.BrokerMessage.avsc', import.meta.url), `${JSON.stringify(brokerMessageSchema('11.1'))}\n`)
writeFileSync(new URL('photometry.avsc', import.meta.url), `${JSON.stringify(photometrySchema, null, 2)}\n`)

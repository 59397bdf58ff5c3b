/** `npm run schemas`: writes the schemas that stand in the code: JSON from zod, Avro of archives. */
import { writeFileSync } from 'node:fs'
import { alertJsonSchema } from '../src/alert/json/plain-schema.ts'
import { archiveSchema } from '../src/state/archive-schema.ts'

writeFileSync(new URL('alert.schema.json', import.meta.url), `${JSON.stringify(alertJsonSchema(), null, 2)}\n`)
writeFileSync(new URL('archive.avsc', import.meta.url), `${JSON.stringify(archiveSchema, null, 2)}\n`)

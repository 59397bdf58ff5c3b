/** `npm run schemas`: writes the JSON schemas that are made from the zod schemas of the code. */
import { writeFileSync } from 'node:fs'
import { alertJsonSchema } from '../src/alert/json/plain-schema.ts'

writeFileSync(new URL('alert.schema.json', import.meta.url), `${JSON.stringify(alertJsonSchema(), null, 2)}\n`)

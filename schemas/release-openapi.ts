/**
 * `npm run openapi`: writes the OpenAPI document of this Candela as the released one, which every later one is held against.
 * Where it would break clients of the one before, it says so and writes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { RELEASED, wholeDocument } from './openapi.ts'
import { breaksOf, type OpenApi } from './openapi-breaks.ts'

const document = await wholeDocument()
let released: OpenApi | undefined
try {
  released = JSON.parse(readFileSync(RELEASED, 'utf8')) as OpenApi
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
const breaks = released ? breaksOf(released, document) : []
if (breaks.length > 0) {
  console.error(`/v1 only grows, and this would break clients:\n${breaks.map(one => `  ${one}`).join('\n')}`)
  process.exitCode = 1
} else {
  writeFileSync(RELEASED, `${JSON.stringify(document, null, 1)}\n`)
}

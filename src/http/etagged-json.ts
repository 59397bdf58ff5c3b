/** JSON with its ETag, made once for each object that is requested often. */
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { etagOf } from './conditional-requests.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'

export interface EtaggedJson {
  text: string
  etag: string
}

/**
 * @returns a function from a value to its JSON, checked against the schema as answers are. The JSON of the same object is
 *   made once, so the object must not change
 */
export function etaggedJson<Value extends object> (schema: z.ZodType<Value>): (value: Readonly<Value>) => EtaggedJson {
  const serialize = serializerCompiler({ schema: schema as never, method: '', url: '' })
  const known = new WeakMap<Readonly<Value>, EtaggedJson>()
  return value => {
    let checked = known.get(value)
    if (checked === undefined) {
      const text = serialize(value)
      known.set(value, checked = { text, etag: etagOf(text) })
    }
    return checked
  }
}

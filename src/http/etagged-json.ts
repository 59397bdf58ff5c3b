/** The JSON of what is asked for often, made once with its ETag. */
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { etagOf } from './conditional.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'

export interface CheckedText {
  text: string
  etag: string
}

/**
 * @returns the JSON of a value, checked against the schema as answers are; for the same object it is made once, so that it must
 *   not change
 */
export function checkedText<Value extends object> (schema: z.ZodType<Value>): (value: Readonly<Value>) => CheckedText {
  const serialize = serializerCompiler({ schema: schema as never, method: '', url: '' })
  const known = new WeakMap<Readonly<Value>, CheckedText>()
  return value => {
    let checked = known.get(value)
    if (checked === undefined) {
      const text = serialize(value)
      known.set(value, checked = { text, etag: etagOf(text) })
    }
    return checked
  }
}

/** The JSON of what is asked for often, made once. */
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'

export const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * @returns the JSON of a value, checked against the schema as answers are; for the same object it is made once, so that it must
 *   not change
 */
export function checkedText<Value extends object> (schema: z.ZodType<Value>): (value: Readonly<Value>) => string {
  const serialize = serializerCompiler({ schema: schema as never, method: '', url: '' })
  const known = new WeakMap<Readonly<Value>, string>()
  return value => {
    let text = known.get(value)
    if (text === undefined) known.set(value, text = serialize(value))
    return text
  }
}

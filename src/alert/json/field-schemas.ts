/** Fields of documents that brokers write, for zod: null and absent are the same, and each says what was expected. */
import { z } from 'zod'

export const number = z.number({ error: 'a number or null' }).nullish().transform(value => value ?? null)
export const text = z.string({ error: 'a text or null' }).nullish().transform(value => value ?? null)
export const flag = z.boolean({ error: 'true, false or null' }).nullish().transform(value => value ?? null)

const idExpected = 'a whole number or its digits'
/** A survey's id, which the reader of JSON gives as digits where a number cannot hold it; null where it is 0. */
export const id = z.union([z.int(idExpected).min(0, idExpected), z.string().regex(/^\d{1,20}$/, idExpected)], { error: idExpected }).nullish()
  .transform(value => value === null || value === undefined || BigInt(value) === 0n ? null : BigInt(value))

/** Null and absent are an empty list. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'a list' }).nullish().transform(list => list ?? [])
export const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: 'an object' })

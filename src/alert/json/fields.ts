/** Fields as brokers write them in JSON, for zod: null, absent and NaN say nothing, whatever the type. */
import { z } from 'zod'

export const number = z.number({ error: 'a number or null' }).nullish().transform(value => value ?? null)
export const text = z.string({ error: 'a text or null' }).nullish().transform(value => value ?? null)
export const flag = z.boolean({ error: 'true, false or null' }).nullish().transform(value => value ?? null)

const idExpected = 'a whole number or its digits'
/** A survey's id; 0 stands for "none". Longer integers than a number holds come as their digits, see parseExact. */
export const id = z.union([z.int(idExpected).min(0, idExpected), z.string().regex(/^\d{1,20}$/, idExpected)], { error: idExpected }).nullish()
  .transform(value => value === null || value === undefined || BigInt(value) === 0n ? null : BigInt(value))

/** A column of any type; what is no number says nothing. */
export const numberAsText = z.unknown().optional().transform(value => {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : null
})

/** A column of any type; what is no text says nothing. */
export const looseText = z.unknown().optional().transform(value => typeof value === 'string' && value.trim() !== '' ? value.trim() : null)

export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'a list' }).nullish().transform(list => list ?? [])
export const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: 'an object' })

/** Whether a value is an object with fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

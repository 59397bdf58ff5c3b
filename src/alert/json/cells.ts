/** Values as services of brokers write them: numbers and flags also as text, ids as numbers or text. For zod, and for cells of tables. */
import { z } from 'zod'

const toNumber = (value: unknown): unknown => typeof value === 'string' && value.trim() !== '' ? Number(value) : value === '' ? null : value

/** A number, or the text of one; null where there is none, or it is not finite. */
export const number = z.preprocess(toNumber, z.number({ error: 'a number or null' }).or(z.nan()).nullish()).transform(value => typeof value === 'number' && Number.isFinite(value) ? value : null)

/** True, false, 1, 0, or the text of one of them; null where there is none. */
export const flag = z.union([z.boolean(), z.literal([0, 1]), z.enum(['true', 'false', '1', '0', 't', 'f', 'True', 'False', ''])], { error: 'true, false or null' }).nullish()
  .transform(value => value === null || value === undefined || value === '' ? null : [true, 1, 'true', '1', 't', 'True'].includes(value))

const idExpected = 'a whole number or its digits'

/** An id of LSST, as its digits; null where there is none, which 0 and −1 stand for as well. */
export const longId = z.union([z.int(idExpected), z.string().regex(/^-?\d{0,20}$/, idExpected)], { error: idExpected }).nullish()
  .transform(value => {
    const digits = value === null || value === undefined ? '' : value.toString()
    return digits === '' || digits === '-' || BigInt(digits) <= 0n ? null : BigInt(digits).toString()
  })

const nameExpected = 'a name of 1 to 64 letters, digits, _ and -'

/** The name of an object, or its number as digits; null where there is none. */
export const objectName = z.union([z.int(nameExpected).transform(String), z.string().regex(/^[A-Za-z0-9_-]{0,64}$/, nameExpected)], { error: nameExpected }).nullish()
  .transform(value => value === null || value === undefined || /^-?0*$/.test(value) ? null : value)

/** A text or a number; null where there is none. */
export const label = z.union([z.string(), z.number().transform(String)], { error: 'a text or null' }).nullish().transform(value => value ?? null)

/** A row of a table: a cell that is not as expected is taken for missing, so that the row's neighbours are read. */
export function lenient<Schema extends z.ZodType<object>> (schema: Schema, row: object): z.output<Schema> {
  const read = schema.safeParse(row)
  if (read.success) return read.data
  const wrong = Object.fromEntries(read.error.issues.map(({ path }) => [String(path[0]), null]))
  return schema.parse({ ...row, ...wrong })
}

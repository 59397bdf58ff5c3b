/**
 * avsc's types for data that may be damaged. avsc reads past the end of its buffer without a word and trusts
 * every count, so one flipped bit in an array's count would make it allocate or loop for hours; the arrays and
 * maps here refuse a count that the remaining bytes cannot hold, and stop at the end of the buffer.
 */
import avsc from 'avsc'
import type { Type } from 'avsc'
import { DamageError } from '../../errors.ts'

/** A schema as parsed JSON, in which avsc's types may stand; avsc checks it. */
export type AvroSchema = Type | string | AvroSchema[] | { [attribute: string]: unknown }
type AvscSchema = Parameters<typeof avsc.Type.forSchema>[0]
type SchemaOptions = NonNullable<Parameters<typeof avsc.Type.forSchema>[1]>

/** avsc's cursor over a buffer. */
interface Tap {
  buf: Buffer
  pos: number
  readLong (): number
  readString (): string
  skipString (): void
}
interface Item {
  _read (tap: Tap): unknown
  _skip (tap: Tap): void
}

const remaining = (tap: Tap): number => tap.buf.length - tap.pos

/** Items of an array or map: a light curve has some thousand, and one of empty records would have as many as it likes. */
const MOST_ITEMS = 1_000_000
/** Names of a map: each takes memory of its own. */
const MOST_NAMES = 10_000

function refuseMore (items: number, most: number): void {
  if (items > most) throw new DamageError(`more than ${most} items in one list`)
}

/** The count of the next block of an array or map; 0 after its last. A negative count is followed by a size in bytes. */
function readCount (tap: Tap): { count: number, size: number | undefined } {
  const count = tap.readLong()
  if (!(count < 0)) {
    if (count > remaining(tap)) throw new DamageError(`a count of ${count} where ${Math.max(remaining(tap), 0)} bytes remain`)
    return { count, size: undefined }
  }
  const size = tap.readLong()
  if (!(size >= 0 && size <= remaining(tap) && -count <= size)) {
    throw new DamageError(`a block of ${-count} items in ${size} bytes where ${Math.max(remaining(tap), 0)} remain`)
  }
  return { count: -count, size }
}

function readItems (tap: Tap, readItem: () => void, most = MOST_ITEMS): void {
  let items = 0
  for (let { count } = readCount(tap); count > 0; { count } = readCount(tap)) {
    refuseMore(items += count, most)
    for (; count > 0; count--) {
      readItem()
      if (tap.pos > tap.buf.length) throw new DamageError('the data end inside a list')
    }
  }
}

function skipItems (tap: Tap, skipItem: () => void): void {
  let items = 0
  for (let { count, size } = readCount(tap); count > 0; { count, size } = readCount(tap)) {
    if (size !== undefined) {
      tap.pos += size
      continue
    }
    refuseMore(items += count, MOST_ITEMS)
    for (; count > 0; count--) {
      skipItem()
      if (tap.pos > tap.buf.length) throw new DamageError('the data end inside a list')
    }
  }
}

// `this` is the type itself or a resolver that avsc derives from it: both have the type of their items.
class BoundedArrayType extends avsc.types.ArrayType {
  _read (this: { itemsType: Item }, tap: Tap): unknown[] {
    const values: unknown[] = []
    const items = this.itemsType
    readItems(tap, () => values.push(items._read(tap)))
    return values
  }

  _skip (this: { itemsType: Item }, tap: Tap): void {
    const items = this.itemsType
    skipItems(tap, () => items._skip(tap))
  }
}

class BoundedMapType extends avsc.types.MapType {
  _read (this: { valuesType: Item }, tap: Tap): Record<string, unknown> {
    const values: Record<string, unknown> = Object.create(null)
    const items = this.valuesType
    readItems(tap, () => {
      const key = tap.readString()
      values[key] = items._read(tap)
    }, MOST_NAMES)
    return values
  }

  _skip (this: { valuesType: Item }, tap: Tap): void {
    const items = this.valuesType
    skipItems(tap, () => {
      tap.skipString()
      items._skip(tap)
    })
  }
}

/** What a value takes [B], of the types that always take the same. */
const FIXED_SIZES: Readonly<Record<string, number>> = { null: 0, boolean: 1, float: 4, double: 8 }

const isOfFixedSizes = (schema: AvscSchema): boolean => Array.isArray(schema) && schema.every(branch => typeof branch === 'string' && branch in FIXED_SIZES)

/** Alerts have some hundred optional numbers for each point, and few of them are wanted: most of the time goes in passing over the others. */
class FixedSizesUnionType extends avsc.types.UnwrappedUnionType {
  readonly #sizes = this.types.map(({ typeName }) => FIXED_SIZES[typeName]!)

  _skip (tap: Tap): void {
    // The branch's number in zigzag: one byte, and even.
    const branch = tap.buf[tap.pos]! / 2
    const size = tap.pos < tap.buf.length ? this.#sizes[branch] : 0
    if (size === undefined) throw new DamageError(`a union of ${this.#sizes.length} types has no type ${branch}`)
    tap.pos += 1 + size
  }
}

function typeInstead (schema: AvscSchema, options: SchemaOptions): Type | undefined {
  if (isOfFixedSizes(schema)) return new FixedSizesUnionType(schema, options)
  const kind = typeof schema === 'object' && 'type' in schema ? schema.type : undefined
  if (kind === 'array') return new BoundedArrayType(schema, options)
  if (kind === 'map') return new BoundedMapType(schema, options)
  return undefined
}

/**
 * An avsc type that is safe to read damaged data with.
 * @throws an avsc Error where the schema is not a valid one
 */
export const boundedType = (schema: AvroSchema): Type =>
  avsc.Type.forSchema(schema as AvscSchema, { typeHook: typeInstead as NonNullable<SchemaOptions['typeHook']> })

/** Damage to alerts: of their bytes, whatever the dialect. */
import { randomFrom, type Random } from '../../src/simulator/random.ts'

export type Mutation = (bytes: Buffer, below: (limit: number) => number) => Buffer

/** Varints that a count or a length could turn into: 2^40, −2^40, 2^62, −1, 2^63−1, ten bytes of ones. */
const absurd = ['8080808080808001', 'ffffffffffff3f', '80808080808080808001', '01', 'feffffffffffffffff01', 'ffffffffffffffffffff'].map(hex => Buffer.from(hex, 'hex'))

/** Float32 and float64 patterns, little-endian as in Avro: NaN, ±Infinity, −1, the largest numbers, denormals. */
const strangeNumbers = ['0000c07f', '0000807f', '000080ff', '000080bf', 'ffff7f7f', '01000000',
  '000000000000f87f', '000000000000f07f', '000000000000f0ff', '000000000000f0bf', 'ffffffffffffef7f', '0100000000000000'].map(hex => Buffer.from(hex, 'hex'))

const strangeText = ['NaN', '-Infinity', '9223372036854775807', '-1e999', 'null', '""', '[]', '{}', '\\u0000', '💥', '"'.repeat(3), '[[[[', '}}}}', '\n', 'true', '1e-999']

const splice = (bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)])

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  bitsFlipped (bytes, below) {
    const copy = Buffer.from(bytes)
    for (let flips = 1 + below(4); flips > 0; flips--) copy[below(copy.length)]! ^= 1 << below(8)
    return copy
  },
  truncated: (bytes, below) => bytes.subarray(0, below(bytes.length)),
  empty: () => Buffer.alloc(0),
  lengthAbsurd: (bytes, below) => splice(bytes, below(bytes.length), below(8), absurd[below(absurd.length)]!),
  numberStrange (bytes, below) {
    const number = strangeNumbers[below(strangeNumbers.length)]!
    return splice(bytes, below(bytes.length), number.length, number)
  },
  textStrange: (bytes, below) => splice(bytes, below(bytes.length), below(4), Buffer.from(strangeText[below(strangeText.length)]!)),
  pieceLost: (bytes, below) => splice(bytes, below(bytes.length), below(200), Buffer.alloc(0)),
  pieceRepeated (bytes, below) {
    const at = below(bytes.length)
    return splice(bytes, at, 0, bytes.subarray(at, at + below(200)))
  },
  schemaWrong (bytes, below) {
    const copy = Buffer.from(bytes)
    if (copy.length > 5) copy.writeUInt32BE(below(2) ? below(2000) : below(2 ** 32), 1)
    return copy
  },
  garbageAppended: (bytes, below) => Buffer.concat([bytes, Buffer.from(Array.from({ length: 1 + below(60) }, () => below(256)))]),
  onlyGarbage: (_bytes, below) => Buffer.from(Array.from({ length: below(300) }, () => below(256)))
}
export const MUTATION_NAMES = Object.keys(MUTATIONS)

/** The k-th damage of a campaign, the same on every machine. */
export function mutate (bytes: Buffer, seed: number, k: number): { name: string, bytes: Buffer } {
  const random: Random = randomFrom(seed, k)
  const below = (limit: number): number => Math.floor(random() * limit)
  const name = MUTATION_NAMES[below(MUTATION_NAMES.length)]!
  return { name, bytes: MUTATIONS[name]!(bytes, below) }
}

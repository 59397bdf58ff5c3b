import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { CandelaError } from '../../../src/errors.ts'
import { parsePatiently } from '../../../src/alert/json/patient-json.ts'

const BOUNDS = { levels: 64, values: 1e6, names: 1e4 }
const plain = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new CandelaError('json-invalid', 'not JSON')
  }
}
const inPieces = async (text: string, piece: number): Promise<unknown> => await parsePatiently(Buffer.from(text), BOUNDS, plain, piece)

test('a document in pieces is what JSON.parse makes of it', async () => {
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), fc.integer({ min: 0, max: 40 }), async (text, indent, piece) => {
    fc.pre(!text.includes('__proto__'))
    const laid = JSON.stringify(JSON.parse(text), null, indent)
    assert.deepEqual(await inPieces(` ${laid}\n`, piece), JSON.parse(laid))
  }), { numRuns: 2000, seed: 5 })
})

test('damage is an error wherever the pieces end', async () => {
  const right = JSON.stringify({ a: [1, 2, { b: 'x"\\', c: null }, [[], {}]], d: { e: { f: [true, 'y'] } } })
  const damage = fc.tuple(fc.nat(right.length - 1), fc.constantFrom('', ',', ']', '}', '[', '{', '"', ':', '1', ' ', '\\', '[]', ',,'), fc.integer({ min: 0, max: 1 }))
  await fc.assert(fc.asyncProperty(damage, fc.integer({ min: 0, max: 30 }), async ([at, text, gone], piece) => {
    const damaged = right.slice(0, at) + text + right.slice(at + gone)
    let expected: unknown
    try {
      expected = JSON.parse(damaged)
    } catch {
      await assert.rejects(inPieces(damaged, piece), { code: 'json-invalid' }, damaged)
      return
    }
    assert.deepEqual(await inPieces(damaged, piece), expected, damaged)
  }), { numRuns: 5000, seed: 6 })
})

test('no field becomes a prototype, in whatever piece it stands', async () => {
  for (const text of ['{"__proto__": {"a": [1, 2, 3, 4]}}', '{"a": 1, "__proto__": 1, "b": 2}', '{"b": 1, "constructor": {"prototype": {"a": 1}}}']) {
    await assert.rejects(inPieces(text, 10), { code: 'json-invalid' }, text)
  }
})

test('levels, values and digits are counted before anything is made of them', async () => {
  const never = (): never => { throw new Error('parsed') }
  const refused = async (text: string, code: string): Promise<void> => await assert.rejects(parsePatiently(Buffer.from(text), { levels: 64, values: 1000, names: 100 }, never), { code })
  await refused('['.repeat(65) + ']'.repeat(65), 'json-too-deep')
  await refused('{"a":'.repeat(5000) + '1' + '}'.repeat(5000), 'json-too-deep')
  await refused(`[${'1,'.repeat(1000)}1]`, 'json-too-many-values')
  await refused(`[${'{},'.repeat(600)}1]`, 'json-too-many-values')
  await refused(`{${Array.from({ length: 101 }, (_, k) => `"k${k}": 1`).join(',')}}`, 'json-too-many-values')
  await refused(`{"a": ${'9'.repeat(4301)}}`, 'json-invalid')
})

test('one text is bounded, wherever it stands; texts within the bound are no matter how many', async () => {
  const text = 'x'.repeat(2 ** 22 + 1)
  for (const document of [`"${text}"`, `{"a":"${text}"}`, `{"${text}":1}`, `[1,"${text}]`]) {
    await assert.rejects(inPieces(document, 2 ** 16), { code: 'json-invalid', message: /a text has more than 4194304 bytes/ })
  }
  const within = Array.from({ length: 5 }, () => 'y'.repeat(2 ** 20))
  assert.deepEqual(await inPieces(JSON.stringify(within), 2 ** 16), within)
})

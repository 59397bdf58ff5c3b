import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { MOST_BYTES, MOST_LEVELS, parseExact } from '../../../src/alert/json/exact-json.ts'
import { CandelaError } from '../../../src/errors.ts'

const parse = async (text: string): Promise<unknown> => await parseExact(Buffer.from(text))
const code = (wanted: string) => (error: unknown): boolean => error instanceof CandelaError && error.code === wanted && error.action !== undefined

test('integers that a number does not hold keep their digits, all others stay numbers', async () => {
  for (const [text, value] of [
    ['9007199254740991', 9007199254740991], ['-9007199254740991', -9007199254740991], ['9007199254740992', '9007199254740992'],
    ['9223372036854775807', '9223372036854775807'], ['-9223372036854775808', '-9223372036854775808'], ['18446744073709551616', '18446744073709551616'],
    ['60983.20685446523', 60983.20685446523], ['3.0944818263378693e-06', 3.0944818263378693e-6], ['12345678901234567890.5', 12345678901234567000],
    ['1234567890123456789e3', 1.2345678901234568e21], ['"9223372036854775807"', '9223372036854775807'], ['0.1234567890123456789', 0.12345678901234568]
  ] as const) {
    assert.deepEqual(await parse(`{"a": ${text}, "b": [${text}]}`), { a: value, b: [value] }, text)
  }
})

test('NaN and infinities outside of texts are null, inside they are letters', async () => {
  assert.deepEqual(await parse('{"a": NaN, "b": [Infinity, -Infinity,NaN], "NaN": "NaN, -Infinity", "c\\"": "\\\\", "d": NaN}'),
    { a: null, b: [null, null, null], NaN: 'NaN, -Infinity', 'c"': '\\', d: null })
})

test('whatever JSON has no such integers is read as JSON.parse reads it', async () => {
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), async (text, indent) => {
    const laid = JSON.stringify(JSON.parse(text), null, indent)
    fc.pre(!/\d{16}/.test(laid))
    assert.deepEqual(await parse(laid), JSON.parse(laid))
  }), { numRuns: 500, seed: 4 })
})

test('text that is no JSON is an error, also where a replacement could have mended it', async () => {
  for (const text of ['', '{', '{"a": }', 'NaNa', '[1 2]', '{"a": "', '"\\', '--Infinity', '- NaN', '9223372036854775807x', '1-Infinity', '{"a": 1} {"b": 2}', '01', '{NaN: 1}']) {
    await assert.rejects(() => parse(text), code('json-invalid'), text)
  }
  await assert.rejects(() => parseExact(Buffer.from([0x22, 0xff, 0x22])), code('json-invalid'))
})

test('depth and size are bounded', async () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  assert.ok(Array.isArray(await parse(nested(MOST_LEVELS))))
  await assert.rejects(() => parse(nested(MOST_LEVELS + 1)), code('json-too-deep'))
  await assert.rejects(() => parse('['.repeat(1e6)), code('json-too-deep'))
  await assert.rejects(() => parse('{"a":'.repeat(1e6)), code('json-too-deep'))
  await assert.rejects(() => parseExact(Buffer.alloc(MOST_BYTES + 1, ' ')), code('json-too-large'))
})

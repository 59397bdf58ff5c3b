/** JSON documents one after the other, each over several lines, as `jq .` writes them: each is one alert, damage costs its own alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeFile, type DecodedAlert } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'

const schemas = countingSource()
const pretty = (diaObjectId: string): string => JSON.stringify(plainAlert({ diaObjectId }), null, 2)
const flat = (diaObjectId: string): string => JSON.stringify(plainAlert({ diaObjectId }))

async function * piecesOf (bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

async function named (input: Uint8Array | AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: DecodedAlert[] = []
  for await (const decoded of decodeFile(input, { schemas })) all.push(decoded)
  return all.map(one => 'alert' in one ? one.alert.diaObjectId! : `${one.error.code} ${/^[^:]*/.exec(one.error.message)![0]}`)
}

test('documents over several lines, behind each other, and lists of them are that many alerts', async () => {
  for (const [text, ids] of [
    [`${pretty('1')}\n${pretty('2')}\n${pretty('3')}\n`, ['1', '2', '3']],
    [`\ufeff${pretty('1')}\r\n\r\n${pretty('2')}`.replaceAll('\n', '\r\n'), ['1', '2']],
    [`${pretty('1')}${pretty('2')}`, ['1', '2']],
    [`${flat('1')}${flat('2')} ${flat('3')}\n${pretty('4')}\n${flat('5')}`, ['1', '2', '3', '4', '5']],
    [`${JSON.stringify([plainAlert({ diaObjectId: '1' }), plainAlert({ diaObjectId: '2' })], null, 2)}\n[${flat('3')}]\n[]\n${flat('4')}`, ['1', '2', '3', '4']],
    [`${pretty('1')}\n[\n${pretty('2')},\n${pretty('3')}\n]\n`.replaceAll('\n{', '\n {').replaceAll('\n}', '\n }'), ['1', '2', '3']]
  ] as const) assert.deepEqual(await named(Buffer.from(text)), ids, text.slice(0, 80))
})

test('damage costs its own document alone, and says the line where it begins', async () => {
  const lines = pretty('2').split('\n')
  for (const [damaged, most] of [
    [lines.slice(0, -1), 1], [lines.slice(1), 1], [lines.toSpliced(4, 1, '  "points: ['), 1], [lines.toSpliced(2, 0, '  oops'), 1], [[...lines, '}'], 2], [[`${lines.join('\n')} ,`], 1], [lines.slice(0, 6), 1], [lines.slice(6), 2], [['nonsense'], 1]
  ] as const) {
    const text = `${pretty('1')}\n${damaged.join('\n')}\n${pretty('3')}\n`
    const read = await named(Buffer.from(text))
    assert.deepEqual([read[0], read.at(-1)], ['1', '3'], damaged.join('\n'))
    const errors = read.slice(1, -1).filter(one => one !== '2')
    assert.ok(errors.length >= 1 && errors.length <= most, `${errors.join(', ')} of ${damaged.join('\n')}`)
    assert.match(errors[0]!, most === 1 ? new RegExp(`line ${lines.length + 1}$`) : /line \d+$/)
  }
})

test('a list that is cut between two elements is not taken for a whole one', async () => {
  for (const end of ['', ',', ',\n']) assert.deepEqual(await named(Buffer.from(`[${flat('1')},${flat('2')}${end}`)), ['1', '2', 'json-invalid the end of the list, after 2 elements'])
  assert.deepEqual(await named(Buffer.from(`[${flat('1')}\n${flat('2')}]`)), ['1', '2'])
  assert.deepEqual(await named(Buffer.from(`[${flat('1')}, oops\n${flat('2')}\n${flat('3')}`)), ['1', 'json-invalid element 2', '2', '3', 'json-invalid the end of the list, after 4 elements'])
})

test('what is read does not depend on the pieces that the bytes come in', async () => {
  const part = fc.constantFrom(pretty('1'), flat('2'), '', ' ', 'nonsense', '{"a": ', '"', '}', ']', '[', `[${flat('3')}, ${pretty('4')}]`, ',', '{"x": "\\"{"}')
  const separator = fc.constantFrom('\n', '\r\n', '', ' ', '\n\n  ', ',')
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(part, separator), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 300 }), async (parts, length) => {
    const bytes = Buffer.from(`{"begin": 1}\n${parts.flat().join('')}`)
    assert.deepEqual(await named(piecesOf(bytes, length)), await named(bytes))
  }), { numRuns: 300, seed: 19 })
})

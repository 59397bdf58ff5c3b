import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decodeAlert, decodeFile, type DecodedAlert } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { lasairObject, lasairSource, plainAlert } from '../../fixtures/plain-alerts.ts'

const schemas = countingSource()
async function all (text: string | Buffer): Promise<DecodedAlert[]> {
  const decoded: DecodedAlert[] = []
  for await (const one of decodeFile(Buffer.from(text), { schemas })) decoded.push(one)
  return decoded
}
/** The id of each alert, the code of each error with the place in its message. */
const named = (decoded: DecodedAlert[]): string[] => decoded.map(one => 'alert' in one ? one.alert.diaObjectId! : `${one.error.code} ${/^(line|element) \d+/.exec(one.error.message)?.[0] ?? ''}`.trim())
const alert = (diaObjectId: string, indent?: number): string => JSON.stringify(plainAlert({ diaObjectId }), null, indent)

test('one document, a list and lines are told apart by the bytes', async () => {
  const mixed = lasairObject([lasairSource()])
  for (const [text, ids] of [
    [alert('1'), ['1']],
    [`\ufeff \r\n${alert('1', 2)}\n`, ['1']],
    // Indented by nothing: inner objects begin at the margin.
    [alert('1', 1).replaceAll(/^ +/gm, ''), ['1']],
    [`[${alert('1')},\n${alert('2', 2)} , ${mixed}]\n`, ['1', '2', '313637921267122191']],
    [`${alert('1')}\n${alert('2')}`, ['1', '2']],
    [`${alert('1')}\r\n\r\n   \n ${mixed}\r\n${alert('3')}\n`, ['1', '313637921267122191', '3']],
    ['[]', []],
    ['\n', ['dialect-unknown']]
  ] as const) {
    assert.deepEqual(named(await all(text)), ids, text.slice(0, 60))
  }
})

test('a bad line or element costs itself alone and says which it is', async () => {
  for (const bad of ['{"diaObjectId": "9", ', '{"diaObjectId": "9"', 'nonsense', '{"a": "b}', '}', '{"a": NaN}}', '"', '[[']) {
    const [first, second, third] = [alert('1'), alert('2'), alert('3')]
    for (const [place, lines] of [[2, [first, bad, third]], [1, [bad, second, third]], [3, [first, second, bad]]] as const) {
      const decoded = await all(lines.join('\n'))
      assert.deepEqual(named(decoded), lines.map((line, k) => line === bad ? `json-invalid line ${place}` : String(k + 1)), bad)
      const lost = decoded[place - 1]!
      assert.ok('error' in lost && lost.error.action)
      assert.equal(Buffer.from(lost.bytes).toString(), bad)
    }
  }
  assert.deepEqual(named(await all(`[${alert('1')}, 5, "a]", {"b": 1}, {"points": 1}, [2], , ${alert('2')}]`)), [
    '1', 'dialect-unknown element 2', 'dialect-unknown element 3', 'dialect-unknown element 4', 'alert-invalid element 5', 'dialect-unknown element 6', 'json-invalid element 7', '2'
  ])
  assert.deepEqual(named(await all(`[${alert('1')}, ${alert('2').slice(0, -5)}`)), ['1', 'json-invalid element 2'])
  assert.deepEqual(named(await all(`[${alert('1')}] and more`)), ['1', 'json-invalid'])
})

test('one document that is cut off is one error', async () => {
  const text = lasairObject([lasairSource(), lasairSource()]).replaceAll(', ', ',\n  ')
  assert.deepEqual(named(await all(text.slice(0, -3))), ['json-invalid'])
})

test('the bytes of an error can be decoded again, by themselves', async () => {
  const wrong = JSON.stringify(plainAlert({ ra: 400 }))
  const [, lost] = await all(`${alert('1')}\n${wrong}\n${alert('2')}`)
  assert.ok(lost && 'error' in lost)
  const [again, ...more] = await all(Buffer.from(lost.bytes))
  assert.ok(again && 'error' in again && more.length === 0)
  assert.equal(again.error.message, 'ra is 400, expected a number from 0 to 360')
})

test('a message of a stream is one document', async () => {
  assert.equal((await decodeAlert(Buffer.from(alert('1', 2)), { schemas })).diaObjectId, '1')
  for (const text of [`${alert('1')}\n${alert('2')}`, '[]']) {
    await assert.rejects(decodeAlert(Buffer.from(text), { schemas }), { code: 'alert-not-single' })
  }
})

test('hostile documents are errors, not a full stack or memory', async () => {
  const bomb = '['.repeat(1_000_000)
  assert.deepEqual(named(await all(bomb)), ['json-too-deep element 1'])
  assert.deepEqual(named(await all(`{"points":${bomb}`)), ['json-too-deep'])
  assert.deepEqual(named(await all(`${alert('1')}\n{"points":${bomb}\n${alert('2')}`)), ['1', 'json-too-deep line 2', '2'])
  const [wide] = await all(JSON.stringify({ ...plainAlert(), points: Array(1_500_000).fill(1) }))
  assert.ok(wide && 'error' in wide)
  assert.equal(wide.error.code, 'alert-invalid')
  assert.match(wide.error.message, /points has 1500000 elements/)
  assert.deepEqual(named(await all(JSON.stringify({ ...plainAlert(), points: Array(6_000_000).fill(1) }))), ['json-too-many-values'])
})

test('damaged bytes give alerts or errors, and lines that are whole are read', async () => {
  const lines = [alert('1'), lasairObject([lasairSource()]), alert('3'), alert('4')]
  const text = Buffer.from(lines.join('\n'))
  const from = lines[0]!.length + 1
  await fc.assert(fc.asyncProperty(fc.array(fc.record({ at: fc.integer({ min: from, max: from + lines[1]!.length - 1 }), byte: fc.integer({ min: 0, max: 255 }).filter(byte => byte !== 10) }), { minLength: 1, maxLength: 8 }), async changes => {
    const damaged = Buffer.from(text)
    for (const { at, byte } of changes) damaged[at] = byte
    const decoded = await all(damaged)
    assert.deepEqual(named([decoded[0]!, ...decoded.slice(2)]), ['1', '3', '4'])
  }), { numRuns: 1000, seed: 5 })
})

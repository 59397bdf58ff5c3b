/** A body of rubbish ends as one dead letter and stops when the service does; a survey's bad alerts each keep their own. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import test from 'node:test'
import type { SubmittedOutcome } from '../../../src/http/alerts/alerts.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import { Window } from '../../../src/alert/input/pieces.ts'
import { boundedUnreadable, type UnreadableBounds } from '../../../src/alert/unreadable.ts'
import type { Accounting } from '../../../src/state/views.ts'
import { serve } from '../../e2e/candela-process.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { openService } from '../../http/service.ts'

const alert = (k: number): string => JSON.stringify(plainAlert({ diaObjectId: String(k) }))

async function codesOf (text: string, bounds: UnreadableBounds): Promise<Array<[code: string, bytes: number, message: string]>> {
  const bytes = Buffer.from(text)
  const window = new Window()
  const codes: Array<[string, number, string]> = []
  async function * one () { yield bytes }
  for await (const decoded of boundedUnreadable(decodeFile(one(), { schemas: countingSource(), window }), bounds, window, bytes.length)) {
    codes.push('error' in decoded ? [decoded.error.code, decoded.bytes.length, decoded.error.message] : ['alert', 0, ''])
  }
  return codes
}

test('a list of millions of numbers is a thousand dead letters and one that says how much was not looked at', async t => {
  const service = await openService(t)
  const body = `[${'1,'.repeat(2 ** 21)}1]`
  const response = await service.ask({ method: 'POST', url: '/v1/alerts', payload: body })
  const { outcomes, accounting } = response.json<{ outcomes: SubmittedOutcome[], accounting: Accounting }>()
  assert.equal(outcomes.length, 1001)
  assert.deepEqual(accounting.deadLetteredByCode, { 'dialect-unknown': 1000, 'too-many-unreadable': 1 })
  // The list's bracket, and a thousand numbers with their commas.
  assert.match(outcomes.at(-1)!.message!, new RegExp(`the rest, ${body.length - 2001 + 1} of ${body.length} bytes|the rest, ${body.length - 2001} of ${body.length} bytes`))
  assert.equal((await service.ask('/v1/statistics')).json<{ deadLetters: number }>().deadLetters, 1001)
})

test('bad alerts of a file with more good ones each have their own letter', async () => {
  const lines = Array.from({ length: 90 }, (_, k) => k % 3 === 1 ? '{"diaObjectId": 5}' : alert(k))
  const codes = await codesOf(lines.join('\n'), { most: 10, bytes: Infinity })
  assert.equal(codes.filter(([code]) => code === 'alert-invalid').length, 30)
  assert.equal(codes.length, 90)
})

test('letters of one body take no more than their room, and one that is too large for it keeps no bytes', async () => {
  const codes = await codesOf(`${Array.from({ length: 40 }, (_, k) => `${alert(k)}\n{"diaObjectId": ${k}, "points": "x"}`).join('\n')}`, { most: 1000, bytes: 20 * 1100 })
  const letters = codes.filter(([code]) => code !== 'alert')
  assert.equal(letters.at(-1)![0], 'too-many-unreadable')
  assert.ok(letters.length <= 22 && letters.length >= 18, `${letters.length} letters`)
  const [large] = await codesOf(`{"diaObjectId": 1, "points": "${'x'.repeat(5000)}"}`, { most: 1000, bytes: 2000 })
  assert.deepEqual(large!.slice(0, 2), ['alert-invalid', 0])
  assert.match(large![2], /bytes are too many to keep/)
})

test('SIGTERM ends a service that works on such a body within 5 s', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'candela-rubbish-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const service = await serve(t, ['--data-dir', folder, '--engine', 'wasm', '--sky-night-seconds', '86400', '--unreadable-alerts', '1000000000'])
  const body = Buffer.from(`[${'1,'.repeat(2 ** 23)}1]`)
  const posted = request(`${service.url}/v1/alerts`, { method: 'POST', headers: { 'content-length': body.length } })
  posted.on('error', () => {}).end(body)
  const [response] = await once(posted, 'response') as [IncomingMessage]
  await once(response, 'data')
  const rest = buffer(response).catch(() => null)
  const { status, took } = await service.stop('SIGTERM')
  await rest
  assert.equal(status, 0)
  assert.ok(took < 5000, `${took.toFixed(0)} ms`)
})

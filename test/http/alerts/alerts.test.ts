import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { LightMyRequestResponse } from 'fastify'
import type { Submit, SubmittedOutcome } from '../../../src/http/alerts/alerts.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import type { Accounting } from '../../../src/state/views.ts'
import { elasticcAlert, elasticcContainer, framed, lsstAlert } from '../../fixtures/alert-packets.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'
import { openService, type Service } from '../service.ts'

interface Answer { outcomes: SubmittedOutcome[], accounting: Accounting }

async function post (service: Service, payload: string | Buffer, { url = '/v1/alerts', type, headers = {} }: { url?: string, type?: string, headers?: Record<string, string> } = {}): Promise<LightMyRequestResponse> {
  return service.ask({ method: 'POST', url, payload, headers: { ...type !== undefined && { 'content-type': type }, ...headers } })
}
const answerOf = (response: LightMyRequestResponse): Answer => {
  assert.equal(response.statusCode, 200, response.body)
  return response.json<Answer>()
}
const line = (diaObjectId: string, given: object = {}): string => JSON.stringify(plainAlert({ diaObjectId, ...given }))

test('an alert of any dialect gets its outcome, whatever the content type says', async t => {
  const bodies: Array<[string, string | Buffer]> = [
    ['170028485706776685', framed(lsstAlert())], ['843', elasticcContainer([[elasticcAlert({ diaSource: { ...elasticcAlert().diaSource, filterName: 'r' } })]])], ['77', line('77')]
  ]
  for (const type of ['application/json', 'application/x-ndjson', 'application/avro', 'avro/binary', 'application/octet-stream', 'application/x-www-form-urlencoded', 'no type at all', undefined]) {
    const service = await openService(t)
    for (const [diaObjectId, body] of bodies) {
      const { outcomes: [outcome, ...more], accounting } = answerOf(await post(service, body, { ...type !== undefined && { type } }))
      assert.ok(outcome && more.length === 0)
      assert.equal(outcome.diaObjectId, diaObjectId)
      assert.equal(outcome.outcome, 'classified')
      assert.equal(outcome.epochs, 1)
      assert.deepEqual([outcome.classifierName, outcome.classifierVersion], ['untrained', '1.0'])
      assert.deepEqual(accounting, { received: 1, classified: 1, declined: 0, duplicate: 0, deadLettered: 0, replayed: 0, declinedByReason: {}, deadLetteredByCode: {} })
      const kept = (await service.ask(`/v1/objects/${diaObjectId}`)).json<{ classification: { probabilityIa: number } }>()
      assert.equal(kept.classification.probabilityIa, outcome.probabilityIa)
    }
  }
})

test('outcomes come in the order of the alerts; a bad line costs itself alone and is named', async t => {
  const service = await openService(t)
  const faint = [plainPoint({ psfFlux: 1 })]
  const { outcomes, accounting } = answerOf(await post(service, [
    line('1'), '{"diaObjectId": 2,', line('3', { points: faint }), '', line('1'), line('5', { ra: 'x' }), line('900719925474099312')
  ].join('\n')))
  assert.deepEqual(outcomes.map(({ diaObjectId, outcome, reason }) => [diaObjectId, outcome, reason]), [
    ['1', 'classified', undefined], [null, 'dead-lettered', 'json-invalid'], ['3', 'declined', 'no-detection'], ['1', 'duplicate', undefined],
    [null, 'dead-lettered', 'alert-invalid'], ['900719925474099312', 'classified', undefined]
  ])
  assert.match(outcomes[1]!.message!, /^line 2: /)
  assert.equal(outcomes[4]!.message, 'line 6: ra is "x", expected a number from 0 to 360')
  assert.ok(outcomes[4]!.action)
  assert.deepEqual(accounting, { received: 6, classified: 2, declined: 1, duplicate: 1, deadLettered: 2, replayed: 0, declinedByReason: { 'no-detection': 1 }, deadLetteredByCode: { 'alert-invalid': 1, 'json-invalid': 1 } })
  assert.deepEqual((await service.ask('/v1/statistics')).json<{ accounting: Accounting }>().accounting, accounting)
})

test('a body of more alerts than a batch is answered in full, and other requests have their turn', async t => {
  const service = await openService(t)
  const ids = Array.from({ length: 600 }, (_, k) => String(1000 + k))
  const posting = { answered: false }
  const posted = post(service, `[${ids.map(id => line(id)).join(',')}]`).finally(() => { posting.answered = true })
  let health = 0
  while (!posting.answered) {
    assert.equal((await service.app.inject('/health/live')).statusCode, 200)
    health++
    await turn()
  }
  const { outcomes, accounting } = answerOf(await posted)
  assert.deepEqual(outcomes.map(({ diaObjectId }) => diaObjectId), ids)
  assert.equal(accounting.classified, 600)
  assert.ok(health >= 3, `${health} answers in between`)
})

test('bodies that are empty or too large, a wrong dialect and pages of other sites are problems', async t => {
  const service = await openService(t, { bodyLimit: 1000 })
  const large = await post(service, ' '.repeat(1001), { type: 'application/json' })
  assert.equal(large.statusCode, 413)
  assert.match(large.json<Problem>().detail, /1000 bytes/)
  for (const type of ['application/json', undefined]) {
    const empty = await post(service, '', { ...type !== undefined && { type } })
    assert.equal(empty.statusCode, 400)
    assert.equal(empty.json<Problem>().type, '/problems/body-empty')
  }
  const unknown = await post(service, line('1'), { url: '/v1/alerts?dialect=sdss' })
  assert.equal(unknown.statusCode, 400)
  assert.match(unknown.json<Problem>().detail, /dialect is "sdss", expected one of lsst, elasticc, ztf, .*lasair, .*json/)
  for (const origin of ['https://elsewhere.example', 'null']) {
    assert.equal((await post(service, line('1'), { headers: { origin } })).statusCode, 403)
  }
  assert.equal(answerOf(await post(service, line('1'), { headers: { origin: 'http://localhost:8080', host: 'localhost:8080' } })).accounting.received, 1)
  assert.equal((await service.ask('/v1/statistics')).json<{ accounting: Accounting }>().accounting.received, 1)
})

test('a dialect can be asked for: alerts of another are dead letters', async t => {
  const service = await openService(t)
  const reasons = async (dialect: string, body: string | Buffer) =>
    answerOf(await post(service, body, { url: `/v1/alerts?dialect=${dialect}` })).outcomes.map(({ outcome, reason }) => reason ?? outcome)
  assert.deepEqual(await reasons('json', `${line('1')}\n${line('2')}`), ['classified', 'classified'])
  assert.deepEqual(await reasons('lsst', `${line('3')}\n${line('4')}`), ['dialect-mismatch', 'dialect-mismatch'])
  assert.deepEqual(await reasons('lasair', line('5')), ['dialect-mismatch'])
  assert.deepEqual(await reasons('json', framed(lsstAlert())), ['dialect-mismatch'])
  assert.deepEqual(await reasons('elasticc', framed(lsstAlert())), ['dialect-mismatch'])
  assert.deepEqual(await reasons('lsst', elasticcContainer([[elasticcAlert()]])), ['dialect-mismatch'])
})

test('bytes that are no alert at all become one dead letter', async t => {
  const service = await openService(t)
  const { outcomes, accounting } = answerOf(await post(service, 'SNID: 1'))
  assert.deepEqual(outcomes.map(({ reason }) => reason), ['dialect-unknown'])
  assert.equal(accounting.deadLettered, 1)
})

test('a failure before the first outcome has its status; a later one breaks the answer off', async t => {
  const failing = (batches: number): Submit => async function * () {
    for (let k = 0; k < batches; k++) yield [{ diaObjectId: '1', diaSourceId: '1', midpointMjdTai: 60000, outcome: 'duplicate', classifierName: 'a', classifierVersion: '1.0' }]
    throw new Error('the disk is full')
  }
  const early = await openService(t, { submit: failing(0) })
  assert.equal((await post(early, 'x')).statusCode, 500)
  const late = await openService(t, { submit: failing(2) })
  await late.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = late.app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.end('POST /v1/alerts HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\nx')
  let received = ''
  socket.setEncoding('utf8').on('data', text => { received += text })
  socket.on('error', () => {})
  await once(socket, 'close')
  assert.match(received, /^HTTP\/1.1 200/)
  // The last chunk of a whole answer is empty.
  assert.doesNotMatch(received, /accounting|\r\n0\r\n\r\n$/)
})

test('a Candela that takes no alerts has no such route', async t => {
  const service = await openService(t, { submit: undefined as never })
  assert.equal((await service.app.inject({ method: 'POST', url: '/v1/alerts', payload: 'x' })).statusCode, 404)
})

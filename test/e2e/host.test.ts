import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Classification, ObjectView } from '../../src/state/views.ts'
import { plainAlert, plainPoint } from '../fixtures/plain-alerts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { serve } from './candela-process.ts'

test('a host redshift survives kill -9, stands above a later alert\'s, and the history keeps what stood before', async t => {
  const args = ['--data-dir', temporaryFolder(t), '--engine', 'wasm', '--sky-night-seconds', '60']
  const send = async <Answer>(url: string, method: string, body?: object): Promise<Answer> => {
    const response = await fetch(url, { method, ...body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } })
    assert.equal(response.status, 200)
    return await response.json() as Answer
  }
  const first = await serve(t, args)
  await send(`${first.url}/v1/alerts`, 'POST', plainAlert({ points: [plainPoint(), plainPoint({ midpointMjdTai: 60003, band: 'i' })] }))
  const given = await send<ObjectView>(`${first.url}/v1/objects/42/host`, 'PUT', { redshift: 0.4, redshiftErr: 0.02 })
  assert.equal(given.classification!.revision, 1)
  await first.stop('SIGKILL')

  const second = await serve(t, args)
  const object = `${second.url}/v1/objects/42`
  assert.deepEqual(await send(object, 'GET'), given)
  const { classifications } = await send<{ classifications: Classification[] }>(`${object}/classifications`, 'GET')
  assert.deepEqual(classifications.map(({ revision }) => revision), [0, 1])
  await send(`${second.url}/v1/alerts`, 'POST', plainAlert({ points: [plainPoint({ midpointMjdTai: 60005 })], host: { redshift: 0.9 } }))
  const later = await send<ObjectView>(object, 'GET')
  assert.deepEqual([later.host.redshift, later.classification!.epochs, later.classification!.revision], [0.4, 3, 1])
  const back = await send<ObjectView>(`${object}/host`, 'DELETE')
  assert.deepEqual([back.host.redshift, back.host.givenAt, back.classification!.revision], [0.9, null, 2])
  assert.equal((await second.stop('SIGINT')).status, 0)
})

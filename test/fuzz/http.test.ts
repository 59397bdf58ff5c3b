import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { serve } from '../e2e/candela-process.ts'
import { faultsOf, HOSTILE, tryBody } from './http-campaign.ts'

const MOST_DELAY = 200
/** Those of the largest route stand for the others; bombs of a GiB, and bodies of which copies alone take long, are the command's. */
const SHORT = HOSTILE.filter(({ path, name }) => path === '/v1/classify' || (path === '/v1/alerts' && /schema|union|enum|points|levels|within|lines|not closed|block of 64 MiB/.test(name)))

test('hostile bodies are answered as they should be, and the event loop goes on', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'candela-fuzz-http-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const service = await serve(t, ['--data-dir', folder, '--engine', 'wasm', '--sky-night-seconds', '86400'])
  assert.ok(SHORT.length > 20)
  for (const body of SHORT) {
    const tried = await tryBody(service.url, body, { most: MOST_DELAY })
    assert.deepEqual(faultsOf(tried, MOST_DELAY), [], `${body.method} ${body.path}, ${body.name}`)
  }
  assert.deepEqual(service.log.filter(line => /failed/.test(line)), [])
})

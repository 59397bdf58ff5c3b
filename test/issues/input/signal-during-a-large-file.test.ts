/** A signal ends a replay within seconds, whatever it is reading: alerts, bytes that hold none, or a pipe into which nothing comes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { start } from '../../e2e/candela-process.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { temporaryFolder } from '../../pipeline.ts'

/** What the issue allows [ms]. */
const MOST = 5000

const endless = (bytes: string, times: number): Buffer => Buffer.concat([gzipSync(`${JSON.stringify(plainAlert({ diaObjectId: 'first' }))}\n`), ...Array<Buffer>(times).fill(gzipSync(bytes, { level: 1 }))])

const files: Record<string, Buffer | null> = {
  // 16 GiB of alerts, and of blanks between two of them.
  alerts: endless(`${JSON.stringify(plainAlert({ diaObjectId: 'again' }))}\n`.repeat(40_000), 2500),
  blanks: endless(' '.repeat(2 ** 22), 4096),
  pipe: null
}

for (const [name, bytes] of Object.entries(files)) {
  for (const signal of name === 'alerts' ? ['SIGTERM', 'SIGINT'] as const : ['SIGTERM'] as const) {
    test(`${signal} while a replay reads ${name}`, async t => {
      const file = join(temporaryFolder(t), `${name}.ndjson.gz`)
      if (bytes) writeFileSync(file, bytes)
      const replay = start(t, ['replay', bytes ? file : '-', '--engine', 'wasm', '--batch', '1'])
      if (!bytes) replay.stdin.write(`${JSON.stringify(plainAlert())}\n`.repeat(3))
      const said = text(replay.stderr)
      await once(replay.stdout, 'data')
      replay.stdout.resume()
      const began = performance.now()
      replay.kill(signal)
      const [status] = await once(replay, 'close') as [number | null]
      const took = performance.now() - began
      assert.equal(status, 1)
      assert.match(await said, new RegExp(`stopped by ${signal}`))
      assert.ok(took < MOST, `it took ${took.toFixed(0)} ms`)
    })
  }
}

/** A file takes the memory of its largest part, not its own: NDJSON, pretty-printed documents, lists, containers, archives. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { scriptOf } from '../../compiled.ts'
import { containerBlock, containerHeader, lsstAlert, lsstSchema, lsstWriter } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { tarOf } from '../../fixtures/tar.ts'
import { temporaryFolder } from '../../pipeline.ts'

const peakMemory = scriptOf(new URL('../../fixtures/peak-memory.ts', import.meta.url))
/** Each file holds this much [MiB]. */
const SIZE = 80
/** What reading may take beside [MiB]: garbage that is not collected yet, the largest part twice. */
const MOST = 64

const repeated = (bytes: string | Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => gzipSync(bytes, { level: 1 })))
const wide = { ...plainAlert(), annotation: 'x'.repeat(2 ** 18) }
const perMember = 16
const members = SIZE * 4 / perMember

async function read (t: TestContext, name: string, bytes: Buffer): Promise<{ alerts: number, errors: string[], rise: number }> {
  const file = join(temporaryFolder(t), name)
  writeFileSync(file, bytes)
  // With a small young generation less garbage waits, also where the machine is busy.
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=2', ...peakMemory.execArgv, peakMemory.file, file])
  return JSON.parse(stdout) as { alerts: number, errors: string[], rise: number }
}

const record = lsstWriter.toBuffer(lsstAlert({ cutoutDifference: Buffer.alloc(2 ** 20) }))
const line = `${JSON.stringify(wide)}\n`
const files: Record<string, () => Buffer | Promise<Buffer>> = {
  'lines.ndjson.gz': () => repeated(line.repeat(perMember), members),
  'documents.json.gz': () => repeated(`${JSON.stringify(wide, null, 2)}\n`.repeat(perMember), members),
  'list.json.gz': () => Buffer.concat([gzipSync('[\n'), repeated(line.replace('\n', ',\n').repeat(perMember), members), gzipSync(`${line}]`)]),
  'blocks.avro.gz': () => Buffer.concat([gzipSync(containerHeader(lsstSchema)), repeated(containerBlock([record]), SIZE)]),
  'deflated.avro': () => Buffer.concat([containerHeader(lsstSchema, 'deflate'), ...Array.from({ length: SIZE }, () => containerBlock([record], 'deflate'))]),
  'archive.tar': () => tarOf(Object.fromEntries(Array.from({ length: 5 }, (_, k) => [`${k}.ndjson.gz`, repeated(line.repeat(perMember), members / 5)])))
}
const counts: Record<string, number> = { 'list.json.gz': SIZE * 4 + 1, 'blocks.avro.gz': SIZE, 'deflated.avro': SIZE }

for (const [name, make] of Object.entries(files)) {
  test(`${SIZE} MiB of ${name} are read in less than ${MOST} MiB`, async t => {
    const { alerts, errors, rise } = await read(t, name, await make())
    assert.deepEqual([alerts, errors], [counts[name] ?? SIZE * 4, []])
    assert.ok(rise < MOST, `memory rose by ${rise} MiB`)
  })
}

test('a line that is too long, or no line at all, costs itself alone and no memory', async t => {
  const long = Buffer.concat([gzipSync(`${line}{"diaObjectId": "1", "x": "`), repeated('y'.repeat(2 ** 22), SIZE / 4), gzipSync(`"}\n${line}`), repeated('z'.repeat(2 ** 22), SIZE / 4), gzipSync(`\n${line}`)])
  const { alerts, errors, rise } = await read(t, 'long.ndjson.gz', long)
  assert.deepEqual([alerts, errors], [3, ['json-too-large', 'json-too-large']])
  assert.ok(rise < 2 * MOST, `memory rose by ${rise} MiB`)
})

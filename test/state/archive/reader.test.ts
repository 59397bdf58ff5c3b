import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { readBlocks, readHeader } from '../../../src/alert/avro/container.ts'
import { archiveHeader, openArchive } from '../../../src/state/archive/reader.ts'
import { createArchiver } from '../../../src/state/archive/archiver.ts'
import { alertFor, generator, openPipeline, point } from '../../pipeline.ts'

/** An archive of some objects, and a way to read it with other bytes. */
async function archiveOf (t: TestContext, objects: number, nights = 3): Promise<{ path: string, bytes: Buffer, opened: (bytes: Uint8Array) => ReturnType<typeof openArchive> }> {
  const { processor, store, folder } = await openPipeline(t)
  await processor.process(Array.from({ length: objects * nights }, (_, k) => ({
    alert: alertFor(`o${k % objects}`, [point({ midpointMjdTai: 60000 + Math.floor(k / objects), visit: k })]), origin: 'test'
  })))
  const path = join(folder, 'archive.avro')
  await createArchiver({ store, processor: { inTurn: call => call() } }).archive({ before: Infinity, path })
  const other = join(folder, 'other.avro')
  return {
    path,
    bytes: readFileSync(path),
    async opened (bytes) {
      writeFileSync(other, bytes)
      return await openArchive(other)
    }
  }
}

const isError = (...codes: string[]) => (error: unknown): boolean => error instanceof CandelaError && codes.includes(error.code) && error.action !== undefined

test('a flipped bit anywhere in an archive is noticed, or changes nothing of its objects', async t => {
  const { bytes, opened } = await archiveOf(t, 4)
  const content = async (bytes: Uint8Array): Promise<unknown> => [...(await opened(bytes)).read()].map(({ diaObjectId, checksum }) => [diaObjectId, checksum])
  const intact = await content(bytes)
  const header = readHeader(bytes).bytes.length
  const random = generator(3)
  const noticed = { header: 0, blocks: 0 }
  const flips = 1000
  for (const part of ['header', 'blocks'] as const) {
    for (let k = 0; k < flips; k++) {
      const damaged = Buffer.from(bytes)
      const place = part === 'header' ? Math.floor(random() * header) : header + Math.floor(random() * (damaged.length - header))
      damaged[place]! ^= 1 << Math.floor(random() * 8)
      try {
        assert.deepEqual(await content(damaged), intact, `bit at ${place}`)
      } catch (error) {
        assert.ok(isError('archive-damaged', 'archive-invalid', 'archive-format')(error), `byte ${place}: ${String(error)}`)
        noticed[part]++
      }
    }
  }
  // More than half of the header is its schema's documentation, on which nothing depends.
  assert.ok(noticed.header > 400, `${noticed.header} of ${flips} in the header`)
  assert.ok(noticed.blocks > 970, `${noticed.blocks} of ${flips} in the blocks`)
})

test('an archive that is cut off is refused, also where it ends behind a whole block', async t => {
  const { bytes, opened } = await archiveOf(t, 200, 14)
  const header = readHeader(bytes)
  const blocks = [...readBlocks(bytes, header)]
  assert.ok(blocks.length > 2)
  const ends = blocks.map(((end: number) => (block: { bytes: Buffer }) => (end += block.bytes.length))(header.bytes.length))
  assert.equal(ends.at(-1), bytes.length)
  for (const end of [header.bytes.length, ...ends.slice(0, -1), bytes.length - 1, header.bytes.length + 100]) {
    await assert.rejects(opened(bytes.subarray(0, end)), isError('archive-damaged'), `cut at ${end}`)
  }
  await assert.rejects(opened(bytes.subarray(0, 10)), isError('archive-damaged'))
  await assert.rejects(opened(Buffer.alloc(0)), isError('archive-invalid'))
})

test('an archive of another data format is refused, and says which', async t => {
  const { bytes, opened } = await archiveOf(t, 1)
  const entry = '\x1ccandela.format\x02'
  const at = bytes.indexOf(entry, 0, 'latin1') + entry.length
  const other = Buffer.from(bytes)
  other[at] = '9'.charCodeAt(0)
  await assert.rejects(opened(other), (error: CandelaError) => error.code === 'archive-format' && /has data format 9/.test(error.message))
})

test('the beginning of an archive says how many objects it has, and since when', async t => {
  const { path, bytes } = await archiveOf(t, 5)
  const { objects, bytes: length, archivedAt } = await archiveHeader(path)
  assert.deepEqual([objects, length], [5, bytes.length])
  assert.match(archivedAt!, /^20\d\d-.*Z$/)
})

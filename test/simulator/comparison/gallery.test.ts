import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CandelaError } from '../../../src/errors.ts'
import { writeGallery, type GalleryListener } from '../../../src/simulator/comparison/gallery.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { writeSet } from './sketch.ts'

const QUIET: GalleryListener = { onUnreadable: () => {}, onPassedOver: () => {}, onRead: () => {} }

test('sheets have the light curves of each class, as many as asked for', async t => {
  const folder = temporaryFolder(t)
  writeSet(join(folder, 'sky'), 'Ia-91T', 45, {}, 0.123)
  writeSet(join(folder, 'sky'), 'RRL', 3)
  writeSet(join(folder, 'sky'), 'nova', 2)
  const out = join(folder, 'out')
  const { drawn, sheets, otherLabels } = await writeGallery([join(folder, 'sky')], 42, out, QUIET)
  assert.deepEqual([[...drawn], sheets, [...otherLabels]], [[['Ia', 42], ['RRL', 3]], ['Ia-001.svg', 'Ia-002.svg', 'RRL-001.svg'], [['nova', 2]]])
  assert.deepEqual(readdirSync(out).sort(), ['Ia-001.svg', 'Ia-002.svg', 'RRL-001.svg', 'index.html'])
  const [first, second] = sheets.map(file => readFileSync(join(out, file), 'utf8'))
  assert.equal(first!.match(/<tspan>Ia \(Ia-91T\), z 0\.123</g)!.length, 40)
  assert.equal(second!.match(/<tspan[^>]*>Ia91T-\d+: r 20\.\d</g)!.length, 2)
  for (const sheet of [first!, second!]) assert.doesNotMatch(sheet, /NaN|undefined/)
  // 60 visits in each of two bands, each a line without length; the last one of the faintest star is more than 30 d after its last detection
  assert.equal(readFileSync(join(out, 'RRL-001.svg'), 'utf8').match(/M[\d.]+,[\d.]+h0(?=[M"])/g)!.length, 3 * 2 * 60 - 2)
  const page = readFileSync(join(out, 'index.html'), 'utf8')
  for (const file of sheets) assert.ok(page.includes(`src="${file}"`), file)
})

test('one of each class is a file of its own; where no class is known it is said', async t => {
  const folder = temporaryFolder(t)
  for (const type of ['Ia', 'II', 'RRL']) writeSet(join(folder, 'sky'), type, 3, { decline: type === 'Ia' ? 0.02 : 0.1 })
  const out = join(folder, 'out')
  assert.deepEqual((await writeGallery([join(folder, 'sky')], 1, out, QUIET)).sheets, ['one-of-each.svg'])
  const svg = readFileSync(join(out, 'one-of-each.svg'), 'utf8')
  assert.match(svg, /^<svg [^>]*aria-label="One light curve of each class"/)
  for (const name of ['>Ia<', '>II<', '>RRL<']) assert.ok(svg.includes(name), name)
  writeSet(join(folder, 'other'), 'nova', 2)
  await assert.rejects(writeGallery([join(folder, 'other')], 1, out, QUIET), (error: CandelaError) => error.code === 'no-light-curves')
})

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { collect, lostParts, type Selection, type Side } from '../../../src/simulator/comparison/collect.ts'
import { compare, type Comparison } from '../../../src/simulator/comparison/compare.ts'
import { openComparison } from '../../../src/simulator/comparison/report.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { snanaText, writeSet } from './sketch.ts'

const ALL: Selection = { leastSnr: 0, brighterThan: null }

async function sideOf (folder: string, selection = ALL): Promise<Side> {
  return await collect([folder], selection, { onUnreadable: () => {}, onRead: () => {} })
}

function rowOf ({ classes }: Comparison, name: string, quantity: string, part = ''): Comparison['classes'][number]['rows'][number] {
  return classes.find(compared => compared.class === name)!.rows.find(row => row.quantity.id === quantity && row.part === part)!
}

test('what differs is flagged, what is alike is not, and the page has every class', async t => {
  const folder = temporaryFolder(t)
  writeSet(join(folder, 'real'), 'Ia-91T', 30, { colour: 0.1 }, 0.05)
  writeSet(join(folder, 'real'), 'TDE', 4)
  writeSet(join(folder, 'simulated'), 'Ia', 40, { colour: 0.5 })
  writeSet(join(folder, 'simulated'), 'RRab', 12)
  const comparison = compare(await sideOf(join(folder, 'real')), await sideOf(join(folder, 'simulated')), 0.2)
  assert.deepEqual(comparison.classes.map(({ class: name, real, simulated }) => [name, real, simulated]), [['Ia', 30, 40], ['TDE', 4, 0], ['RRL', 0, 12]])
  const colour = rowOf(comparison, 'Ia', 'colour', 'g−r')
  assert.deepEqual([colour.distance, colour.differs, colour.real!.objects, colour.real!.median.toFixed(3), colour.simulated!.median.toFixed(3)], [1, true, 30, '0.100', '0.500'])
  const peak = rowOf(comparison, 'Ia', 'peak_magnitude', 'r')
  assert.deepEqual([peak.distance!.toFixed(6), peak.differs, peak.real!.median.toFixed(2)], ['0.000000', false, '20.45'])
  assert.equal(rowOf(comparison, 'Ia', 'redshift').differs, null)

  const out = join(folder, 'out')
  await (await openComparison(out)).write(comparison, [['real', 'real']])
  const page = readFileSync(join(out, 'index.html'), 'utf8')
  for (const id of ['class-Ia', 'class-TDE', 'class-RRL', 'labels']) assert.ok(page.includes(`<section id="${id}"`), id)
  assert.match(page, /On one side alone, and not compared: TDE \(4 real\), RRL \(12 simulated\)\./)
  assert.match(page, /colour at the peak, g−r \[mag\]<\/th><td>30<\/td><td>0\.1 \(0\.1 … 0\.1\)<\/td><td>40<\/td><td>0\.5 \(0\.5 … 0\.5\)<\/td><td>1\.00<\/td>/)
  assert.doesNotMatch(page, /NaN|undefined/)
  const lines = readFileSync(join(out, 'comparison.csv'), 'utf8').split('\n')
  assert.equal(lines[0], 'class,quantity,part,unit,realObjects,realMedian,real16,real84,simulatedObjects,simulatedMedian,simulated16,simulated84,distance,distanceByChance,differs')
  assert.ok(lines.some(line => /^Ia,colour,g−r,mag,30,.*,1$/.test(line)))
  const json = JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8')) as { classes: Array<{ class: string }>, real: { labels: object } }
  assert.deepEqual([json.classes.map(({ class: name }) => name), json.real.labels], [['Ia', 'TDE', 'RRL'], { 'Ia-91T': { class: 'Ia', objects: 30 }, TDE: { class: 'TDE', objects: 4 } }])
})

test('points below an S/N and objects below a brightness are left out on either side', async t => {
  const folder = join(temporaryFolder(t), 'set')
  writeSet(folder, 'Ia', 10)
  mkdirSync(join(folder, 'more'))
  writeFileSync(join(folder, 'more', 'faint.DAT'), snanaText('faint', 'Ia', [[60_000, 'r', 100, 5], [60_001, 'r', 9, 5], [60_002, 'r', -40, 5]]))
  const all = await sideOf(folder)
  assert.equal(all.classes.get('Ia')!.distributions.get('points')!.values[0], 3)
  const detections = await sideOf(folder, { leastSnr: 5, brighterThan: null })
  assert.equal(detections.classes.get('Ia')!.distributions.get('points')!.values[0], 2)
  const bright = await sideOf(folder, { leastSnr: 0, brighterThan: 20.95 })
  assert.deepEqual([bright.classes.get('Ia')!.objects, bright.faint, lostParts(bright)], [10, 1, ['too faint for --brighter-than: 1']])
})

test('bad input is told: nothing there, no light curves, no class in common', async t => {
  const folder = temporaryFolder(t)
  const code = (expected: string, message: RegExp) => (error: unknown): boolean => error instanceof CandelaError && error.code === expected && message.test(error.message)
  await assert.rejects(sideOf(join(folder, 'nowhere')), code('path-not-found', /nowhere/))
  writeFileSync(join(folder, 'notes.DAT'), 'no light curve\n')
  await assert.rejects(sideOf(join(folder, 'notes.DAT')), code('no-light-curves', /notes\.DAT/))
  writeSet(join(folder, 'unknown'), 'Zz', 2)
  writeSet(join(folder, 'unknown'), 'nova', 1)
  await assert.rejects(sideOf(join(folder, 'unknown')), code('no-light-curves', /3 were read; labels of no class: 'Zz' \(2\); left out: 'nova' \(1\), not simulated/))
  writeSet(join(folder, 'a'), 'Ia', 2)
  writeSet(join(folder, 'b'), 'TDE', 2)
  const [a, b] = [await sideOf(join(folder, 'a')), await sideOf(join(folder, 'b'))]
  assert.throws(() => compare(a, b, 0.2), code('nothing-to-compare', /real are Ia, simulated are TDE/))
  assert.deepEqual(lostParts(a), [])
})

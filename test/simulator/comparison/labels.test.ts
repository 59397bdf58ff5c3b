import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readLightCurveFiles } from '../../../src/alert/snana/light-curve-files.ts'
import { classOfLabels } from '../../../src/simulator/comparison/labels.ts'
import { SKY_CLASSES } from '../../../src/simulator/sources/source.ts'
import { needs, sharedData } from '../../parts.ts'

const classOf = (...labels: string[]): string => {
  const found = classOfLabels(labels)
  return 'class' in found ? found.class : 'leftOut' in found ? 'left out' : 'unknown'
}

test('catalogues and simulations write one type in many ways', () => {
  assert.deepEqual(['SN Ia', 'Ia-91T', 'SNIa-91bg', 'Iax', 'Ib/c', 'IC-BL', 'SN II-P', 'IIb', 'SLSN-I', 'ELL', 'RRab', 'Kilonova'].map(label => classOf(label)),
    ['Ia', 'Ia', 'Ia-peculiar', 'Ia-peculiar', 'Ibc', 'Ibc', 'II', 'Ibc', 'SLSN', 'EB', 'RRL', 'fast'])
  for (const name of SKY_CLASSES) assert.equal(classOf(name), name)
  assert.deepEqual([classOf('nova'), classOf('CC'), classOf('XYZ'), classOf('42')], ['left out', 'left out', 'unknown', 'unknown'])
  // the name is known where the code is not, and the other way round
  assert.deepEqual([classOf('42', 'IIn'), classOf('IIn', '42')], ['II', 'II'])
  assert.equal(classOfLabels(['x'.repeat(1000)]).label.length, 40)
})

test('the labels of the real sets all have their place', async t => {
  if (!needs(t, 'shared-data')) return
  const folder = join(sharedData, 'real')
  const archives = readdirSync(folder).filter(name => name.endsWith('.tar.xz'))
  const counts: Record<string, number> = {}
  for await (const { text } of readLightCurveFiles(archives.map(name => join(folder, name)), { onUnreadable: error => { throw error } })) {
    const label = /SN Type = ([^\s,]+)/.exec(text)![1]!
    const name = `${label} ${classOf(label)}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  assert.deepEqual(Object.keys(counts).filter(name => name.endsWith('unknown')), [])
  assert.deepEqual(Object.entries(counts).filter(([name]) => name.endsWith('left out')), [['nova left out', 11], ['LRN left out', 1], ['CC left out', 1], ['Ia-CSM left out', 1]].sort(([a], [b]) =>
    Object.keys(counts).indexOf(String(a)) - Object.keys(counts).indexOf(String(b))))
  const ofClass = (name: string): number => Object.entries(counts).reduce((sum, [key, count]) => key.split(' ').at(-1) === name ? sum + count : sum, 0)
  // the README's table: 1,133 + 35 of ztf-ia, 9 of ztf-bts, 37 of osc, 161 of elasticc-ia, 17 of plasticc
  assert.deepEqual(['Ia', 'RRL', 'CV', 'EB', 'Cepheid', 'DSCT', 'TDE'].map(ofClass), [1392, 363, 574, 74, 27, 26, 43])
})

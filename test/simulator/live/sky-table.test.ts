import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { BANDS } from '../../../src/alert/alert.ts'
import { curveOf } from '../../../src/simulator/live/flux-curve.ts'
import { readSkyTable, shippedSkyTable, writeSkyTable } from '../../../src/simulator/live/sky-table.ts'
import { ENTRIES, MADE_TABLE } from './made-table.ts'

test('a table comes back from its bytes: fluxes to 0.05 % or 0.01 nJy, times to 0.002 d or a 65,536th of the period', () => {
  const { entries, ...rest } = readSkyTable(writeSkyTable(MADE_TABLE))
  assert.deepEqual(rest, { command: MADE_TABLE.command, mix: MADE_TABLE.mix, activeNights: MADE_TABLE.activeNights })
  assert.equal(entries.length, ENTRIES.length)
  entries.forEach(({ times, flux, ...facts }, k) => {
    const expected = ENTRIES[k]!
    assert.deepEqual(facts, { class: expected.class, subtype: expected.subtype, redshift: expected.redshift, isPersistent: expected.isPersistent, period: expected.period, templateFlux: expected.templateFlux })
    expected.times.forEach((time, j) => assert.ok(Math.abs(times[j]! - time) <= 0.0011))
    BANDS.forEach((_, b) => expected.flux[b]!.forEach((value, j) => assert.ok(Math.abs(flux[b]![j]! - value) <= 0.01 + 5e-4 * Math.abs(value), `${value} → ${flux[b]![j]}`)))
  })
})

test('a periodic source has its period, a source that goes on has no jump, a transient is gone afterwards', () => {
  const [supernova, nucleus, star] = ENTRIES.map(entry => curveOf(entry, 60_000, 1))
  for (const time of [60_000.1, 60_123.4]) assert.ok(Math.abs(star!('r', time) - star!('r', time + 0.6 * 7)) < 1)
  for (let time = 59_800; time < 60_200; time += 0.5) assert.ok(Math.abs(nucleus!('g', time + 0.5) - nucleus!('g', time)) < 100)
  assert.equal(supernova!('i', 60_101), 0)
  assert.equal(supernova!('i', 59_950), 0)
  assert.ok(supernova!('i', 60_000) > 6000)
})

test('the table that comes with Candela is below 3 MB, and most of its sky is no supernova', () => {
  const { table, bytes } = shippedSkyTable()
  assert.ok(bytes.length < 3_000_000, `${bytes.length} bytes`)
  assert.equal(statSync(new URL('../../../sky/lsst.bin', import.meta.url)).size, bytes.length)
  const supernovae = ['Ia', 'Ia-peculiar', 'Ibc', 'II', 'SLSN'] as const
  const share = supernovae.reduce((sum, name) => sum + (table.mix[name] ?? 0), 0)
  assert.ok(share > 0 && share < 0.5, `${share}`)
  assert.ok(Math.abs(Object.values(table.mix).reduce((sum, part) => sum + part, 0) - 1) < 1e-3)
  for (const name of Object.keys(table.mix)) if (name !== 'artefact') assert.ok(table.entries.some(entry => entry.class === name), name)
})

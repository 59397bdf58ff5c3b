import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnana } from '../../../src/alert/snana/snana.ts'
import { inOrder, measuresOf } from '../../../src/simulator/comparison/measure.ts'
import { fluxOf, outburst, snanaText, type SketchedPoint } from './sketch.ts'

function measured (points: readonly SketchedPoint[], redshift: number | null = null): Record<string, number> {
  const curve = parseSnana(snanaText('1', 'Ia', points), '1')
  return Object.fromEntries([...measuresOf(inOrder(curve.points), redshift)].map(({ quantity, part, value }) => [`${quantity} ${part}`.trimEnd(), value]))
}

function closeTo (actual: Record<string, number>, expected: Record<string, number>, tolerance: number): void {
  for (const [name, value] of Object.entries(expected)) {
    assert.ok(Math.abs(actual[name]! - value) < tolerance, `${name} is ${actual[name]}, not ${value}`)
  }
}

test('a sketched outburst has the numbers that it was drawn with', () => {
  const all = measured(outburst({ peak: 20, rise: 10, decline: 0.05, colour: 0.3 }), 0.07)
  closeTo(all, {
    'peak_magnitude g': 20.3,
    'peak_magnitude r': 20,
    'colour g−r': 0.3,
    rise: 10.1,
    'decline_30 r': 1.5,
    'decline_30 g': 1.5,
    points: 120,
    // above 25 of FLUXCAL, that is brighter than 24.005 mag: 5 visits before the peak, then 41 in r and 38 in g
    detections: 89,
    'depth r': 24.005,
    negative_share: 0,
    span: 118.1,
    gap: 2,
    longest_gap: 2,
    // 20 mag are 1,000 of FLUXCAL
    snr_largest: 200,
    redshift: 0.07
  }, 1e-3)
  // 15 days after the peak lie between two visits, where the flux is linear and the magnitude is not quite
  closeTo(all, { 'decline_15 r': 0.75, 'decline_15 g': 0.75 }, 2e-3)
  // a point of 21 mag has S/N 79.6
  closeTo(all, { 'error r 21': 1.0857 / 79.62 }, 1e-4)
  assert.ok(!Object.keys(all).some(name => name.startsWith('negative_magnitude')))
})

test('a variable star has negative detections, and forced photometry its depth', () => {
  const points: SketchedPoint[] = [[60_000, 'r', 100, 4], [60_001, 'r', -fluxOf(23), 4], [60_002, 'r', -160, 4], [60_005, 'r', 0, 4], [60_005, 'i', 3, 4]]
  closeTo(measured(points), { negative_share: 2 / 3, 'negative_magnitude r': 27.5 - 2.5 * Math.log10(160), detections: 3, points: 5, longest_gap: 3, gap: 1, 'depth r': 27.5 - 2.5 * Math.log10(20), snr_largest: 40 }, 1e-6)
})

test('what the points do not tell is not given', () => {
  const gap: SketchedPoint[] = [[60_000, 'r', 1000, 5], [60_030, 'r', 400, 5], [60_003, 'g', 800, 5]]
  assert.deepEqual(Object.keys(measured(gap)).filter(name => /^(decline|colour|redshift|gap )/.test(name)), [])
  assert.equal(measured([[60_000, 'r', 1, 5]])['rise'], undefined)
  // a point that a file has twice counts once
  assert.equal(measured([[60_000, 'r', 100, 5], [60_000, 'r', 100, 5]])['points'], 1)
})

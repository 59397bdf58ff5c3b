import assert from 'node:assert/strict'
import test from 'node:test'
import type { ClassifiedObject } from '../../../src/http/classify/schemas.ts'
import { loadEngine } from '../../../src/model/load-engine.ts'
import { loadModel } from '../../../src/model/model-file.ts'
import { createReplays } from '../../../src/state/processor/replays.ts'
import { candela } from '../../e2e/candela-process.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { generator } from '../../pipeline.ts'
import { openService } from '../service.ts'

interface Line { diaObjectId: string, outcome: string, probabilityIa?: number, epochs?: number }

const EPOCHS = 70

/** Points of an object in order of time, detections and forced photometry, in all bands, some withdrawn and some in two versions. */
function lightCurve (seed: number): Array<{ midpointMjdTai: number }> {
  const random = generator(seed)
  return Array.from({ length: EPOCHS }, (_, k) => {
    const midpointMjdTai = 60000 + 1.3 * k + random() / 10
    const fluxcal = 400 * Math.exp(-(((k - 30) / 14) ** 2)) + 20 * (random() - 0.5)
    const point = { midpointMjdTai, band: 'grizy'[Math.floor(5 * random())], fluxcal, fluxcalErr: 8 + 8 * random(), kind: fluxcal > 50 ? 'detection' : 'forced', visit: 1000 + k }
    if (k % 10 === 4) return [point, { ...point, fluxcal: fluxcal + 30, timeProcessedMjdTai: 60200 }]
    return k % 17 === 3 ? [{ ...point, withdrawn: true }] : [point]
  }).flat()
}

function shuffled<T> (list: readonly T[], random: () => number): T[] {
  return list.map(value => ({ value, rank: random() })).sort((a, b) => a.rank - b.rank).map(({ value }) => value)
}

test('P(Ia) is bit for bit what candela replay gives of the same points: point after point in order, and at the end of any order', async t => {
  const random = generator(5)
  const hosts = [{ redshift: 0.31, redshiftErr: 0.04, mwebv: 0.05 }, { mwebv: 0.02 }, {}]
  const curves = hosts.map((host, k) => ({ diaObjectId: `in-order-${k}`, host, points: lightCurve(k + 1) }))
  const mixed = curves.map(({ host, points }, k) => ({ diaObjectId: `mixed-${k}`, host, points: shuffled(points, random) }))
  const alerts = [...curves, ...mixed].flatMap(({ points, ...rest }) =>
    // The host facts of an object are those of its newest alert: all have the same.
    points.map((point, k) => plainAlert({ ...rest, diaSourceId: String(k), midpointMjdTai: point.midpointMjdTai, points: [point] })))
  const { status, stdout, stderr } = await candela(t, ['replay', '-', '--engine', 'wasm', '--model', 'spcc'], {}, alerts.map(alert => JSON.stringify(alert)).join('\n'))
  assert.equal(status, 0, stderr)
  const lines = stdout.trim().split('\n').map(line => JSON.parse(line) as Line)

  const model = loadModel('spcc')
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  const service = await openService(t, { replays: createReplays({ network, model, reader: { lightCurve: () => undefined, carried: () => undefined } }) })
  const response = await service.ask({ method: 'POST', url: '/v1/classify', payload: { objects: [...curves, ...mixed] } })
  const { objects } = response.json<{ objects: ClassifiedObject[] }>()
  assert.equal(objects.length, 6)
  for (const [k, object] of objects.entries()) {
    assert.equal(object.problem, null)
    const classified = lines.filter(({ diaObjectId, outcome }) => diaObjectId === object.diaObjectId && outcome === 'classified')
    const last = classified.at(-1)!
    assert.deepEqual([object.probabilityIa, object.epochs], [last.probabilityIa, last.epochs], object.diaObjectId!)
    assert.ok(object.epochs > 40, `${object.epochs} epochs`)
    // In any order the same light curve: that of the first three objects.
    assert.deepEqual(object.points.map(({ probabilityIa }) => probabilityIa), objects[k % 3]!.points.map(({ probabilityIa }) => probabilityIa))
  }
  // Before the first detection there is no classification, and in order each epoch has its line; a newer version of a point revises the line before.
  const [object] = objects
  const newest = new Map(lines.filter(({ diaObjectId, outcome }) => diaObjectId === 'in-order-0' && outcome === 'classified').map(({ epochs, probabilityIa }) => [epochs!, probabilityIa!]))
  assert.ok(newest.size > 30, `${newest.size} lines`)
  for (const [epochs, probabilityIa] of newest) assert.equal(object!.points.find(({ epoch }) => epoch === epochs)!.probabilityIa, probabilityIa, `epoch ${epochs}`)
})

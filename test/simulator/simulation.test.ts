import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { simulationSettings } from '../../src/simulator/settings.ts'
import { createSimulation, type Simulation, type SimulationOptions } from '../../src/simulator/simulation.ts'
import type { SimulatedLightCurve } from '../../src/simulator/light-curves/light-curve.ts'
import { needs, sharedData } from '../parts.ts'
import { gaussianBump, sine } from './small-models.ts'

const folder = join(sharedData, 'sky')
const models = { Ia: gaussianBump(-19.3), RRL: sine }
const settings = simulationSettings.parse({ classes: { Ia: { share: 1 }, RRL: { share: 1 } } })
const OBJECTS = 250
const made = new Map<string, Promise<Simulation>>()
const simulation = async (sky: SimulationOptions['sky'] = 'des'): Promise<Simulation> => {
  if (!made.has(sky)) made.set(sky, createSimulation({ sky, folder, seed: 7, settings, models }))
  return await made.get(sky)!
}
const kept = new WeakMap<Simulation, SimulatedLightCurve[]>()
function objects (sky: Simulation): SimulatedLightCurve[] {
  const all = kept.get(sky) ?? Array.from({ length: OBJECTS }, (_, index) => sky.object(index))
  kept.set(sky, all)
  return all
}

test('an object is made of the seed and its number alone, whatever was made before it', async t => {
  if (!needs(t, 'shared-data')) return
  const first = await simulation()
  const seventh = first.object(7)
  for (let index = 5; index < 7; index++) first.object(index)
  assert.deepEqual(first.object(7), seventh)
  const second = await createSimulation({ sky: 'des', folder, seed: 7, settings, models })
  assert.deepEqual(second.object(7), seventh)
  const other = await createSimulation({ sky: 'des', folder, seed: 8, settings, models })
  assert.notDeepEqual(other.object(7).photometry, seventh.photometry)
  assert.deepEqual(first.attempt('Ia', 3), second.attempt('Ia', 3))
})

test('detections are flagged by |S/N| > 5, scored where they are detections, and the first one triggers', async t => {
  if (!needs(t, 'shared-data')) return
  for (const sky of ['des', 'generic'] as const) {
    for (const { photometry: { mjd, flux, fluxErr, detected, realBogus, noiseFree }, triggerMjd, truth } of objects(await simulation(sky))) {
      assert.ok(mjd.length >= 1 && mjd.length <= 170)
      for (let k = 0; k < mjd.length; k++) {
        assert.equal(detected[k], Math.abs(flux[k]!) > 5 * fluxErr[k]! ? 1 : 0)
        assert.equal(Number.isNaN(realBogus[k]!), detected[k] === 0)
        assert.ok(k === 0 || mjd[k]! >= mjd[k - 1]!)
      }
      const trigger = mjd.indexOf(triggerMjd)
      assert.equal(detected[trigger], 1)
      assert.ok(Math.abs(noiseFree[trigger]!) > 2 * fluxErr[trigger]! * 0.999)
      assert.ok(mjd[0]! >= triggerMjd - 30)
      if (truth.class === 'Ia') assert.ok(Math.abs(triggerMjd - truth.peakMjd!) < 120)
    }
  }
})

test('forced photometry begins 30 days before the trigger and goes on for months or years; variables go below 0', async t => {
  if (!needs(t, 'shared-data')) return
  const all = objects(await simulation())
  const transients = all.filter(({ truth }) => truth.class === 'Ia')
  const before = transients.filter(({ photometry: { mjd }, triggerMjd }) => triggerMjd - mjd[0]! > 15).length
  assert.ok(before / transients.length > 0.5)
  assert.ok(transients.some(({ photometry: { mjd }, triggerMjd }) => mjd.at(-1)! - triggerMjd > 700))
  const empty = transients.flatMap(({ photometry: { mjd, detected }, triggerMjd }) => [...detected].filter((_, k) => mjd[k]! < triggerMjd))
  assert.ok(empty.filter(flag => flag === 1).length < 0.01 * empty.length)
  const stars = all.filter(({ truth }) => truth.class === 'RRL')
  assert.ok(Math.abs(stars.length / OBJECTS - 0.5) < 0.1)
  const fluxes = stars.flatMap(({ photometry: { flux } }) => [...flux])
  const negative = fluxes.filter(flux => flux < 0).length / fluxes.length
  assert.ok(negative > 0.3 && negative < 0.6)
  for (const { host, truth, context } of stars) {
    assert.equal(truth.redshift, null)
    assert.ok(context.separation < 1 && context.starScore > 0.3)
    assert.ok(!host.isSpectroscopic)
  }
})

test('scatter about the noise-free flux is what the reported errors say, within what a survey is wrong by', async t => {
  if (!needs(t, 'shared-data')) return
  const pulls = objects(await simulation()).flatMap(({ photometry: { flux, fluxErr, noiseFree } }) => Array.from(flux, (value, k) => Math.abs(value - noiseFree[k]!) / fluxErr[k]!))
  pulls.sort((a, b) => a - b)
  // DES's true scatter is 0.95 to 1.2 of the reported one
  const sigma = pulls[Math.floor(0.6827 * pulls.length)]!
  assert.ok(sigma > 1 && sigma < 1.15, String(sigma))
})

test('detections alone: as many objects as the survey has', async t => {
  if (!needs(t, 'shared-data')) return
  const alone = async (sky: SimulationOptions['sky']) => objects(await simulation(sky)).filter(({ photometry: { detected, mjd } }) => mjd.length > 8 && detected.every(flag => flag === 1)).length / OBJECTS
  // a bright variable is detected in each visit
  assert.ok(await alone('des') < 0.35)
  assert.ok(await alone('ztf') > 0.35)
  const bright = objects(await simulation('ztf')).filter(({ truth, photometry: { flux } }) => truth.class === 'Ia' && Math.max(...flux) > 10 ** (0.4 * (31.4 - 19.2))).length
  const transients = objects(await simulation('ztf')).filter(({ truth }) => truth.class === 'Ia').length
  assert.ok(bright / transients > 0.45)
})

test('hosts: farther ones are closer on the sky, and more of them are missing', async t => {
  if (!needs(t, 'shared-data')) return
  const transients = objects(await simulation()).filter(({ truth }) => truth.class === 'Ia')
  const [near, far] = [transients.filter(({ truth }) => truth.redshift! < 0.25), transients.filter(({ truth }) => truth.redshift! > 0.5)]
  const separation = (some: typeof transients) => some.map(({ context }) => context.separation).filter(value => value > 0).sort((a, b) => a - b)
  assert.ok(separation(near)[near.length >> 1]! > 1.3 * separation(far)[Math.floor(separation(far).length / 2)]!)
  const hostless = (some: typeof transients) => some.filter(({ host }) => Number.isNaN(host.redshift)).length / some.length
  assert.ok(hostless(far) > hostless(near))
  const ebv = transients.map(({ truth, host }) => host.mwebv / truth.mwebv)
  assert.ok(ebv.every(ratio => ratio > 0.3 && ratio < 1.7))
})

test('attempts: most far supernovae are not seen, bright stars in hundreds of nights; rates follow volume', async t => {
  if (!needs(t, 'shared-data')) return
  const { attempt, population, survey } = await simulation()
  const { years } = survey
  const events = Array.from({ length: 150 }, (_, index) => attempt('Ia', index))
  const seen = events.filter(({ alerts }) => alerts > 0)
  assert.ok(seen.length > 30 && seen.length < 120)
  assert.ok(events.every(({ alerts, nights }) => nights <= alerts))
  const stars = Array.from({ length: 20 }, (_, index) => attempt('RRL', index))
  assert.ok(stars.every(({ alerts }) => alerts > 20))
  assert.ok(Math.abs(years - 4.46) < 0.1)
  assert.equal(survey.sky, 'des')
  // 1.5 on a square degree at ZTF's depth, and 10^0.05 times that a magnitude deeper
  assert.equal(population('RRL').kind, 'sources')
  assert.ok(Math.abs(population('RRL').density - 1.5 * 10 ** (0.05 * 3.1)) < 0.05)
  // z < 0.9 or so: 150 Gpc³ of all sky times 2.5e-5 (1+z)^0.5 /yr/Mpc³ over 41,253 deg²
  const { kind, density } = population('Ia')
  assert.equal(kind, 'events')
  assert.ok(density > 20 && density < 60, String(density))
})

test('attempts by detections: events as they are, stars as often as they are followed from new', async t => {
  if (!needs(t, 'shared-data')) return
  const { attempt, survey: { years } } = await simulation()
  const sum = (rows: readonly number[]): number => rows.reduce((a, b) => a + b, 0)
  for (let index = 0; index < 40; index++) {
    const { alerts, rows } = attempt('Ia', index)
    assert.ok(sum(rows) <= alerts && sum(rows) >= 0.8 * alerts)
    // a star has the same alerts, but for those before its first positive detection and in the part of a year that is left over
    const [once, often] = [attempt('RRL', index, years), attempt('RRL', index, 1)]
    assert.ok(Math.abs(sum(once.rows) / once.alerts - 1) < 0.3 && Math.abs(sum(often.rows) / often.alerts - 1) < 0.4)
    assert.ok(often.rows[0]! > once.rows[0]! && often.rows.at(-1)! <= once.rows.at(-1)!)
  }
})

test('an object of the stream has the points that the network sees, and the alerts among them', async t => {
  if (!needs(t, 'shared-data')) return
  const { streamed } = await simulation()
  let there = 0
  for (const skyClass of ['Ia', 'RRL'] as const) {
    for (let index = 0; index < 60; index++) {
      const object = streamed(skyClass, index)
      if (!object) continue
      there++
      const { curve: { photometry: { mjd, flux, fluxErr }, triggerMjd, truth }, alerts } = object
      assert.equal(truth.class, skyClass)
      assert.deepEqual(streamed(skyClass, index)!.curve.photometry.flux, flux)
      assert.equal(alerts.at(-1)!.at, mjd.length - 1)
      assert.equal(mjd[alerts[0]!.at], triggerMjd)
      const significant = (until: number): number => flux.subarray(0, until + 1).filter((value, k) => value > 4 * fluxErr[k]!).length
      for (const { at, detections } of alerts) {
        assert.ok(Math.abs(flux[at]!) > 4.999 * fluxErr[at]!)
        assert.equal(detections, significant(at))
      }
      assert.ok(mjd[0]! >= triggerMjd - 30.001)
      if (skyClass === 'RRL') assert.ok(mjd.at(-1)! - mjd[0]! < 366)
    }
  }
  assert.ok(there > 70, String(there))
})

test('what cannot be simulated is refused by its name', async t => {
  if (!needs(t, 'shared-data')) return
  const refused = async (options: Partial<SimulationOptions>, code: string, message: RegExp): Promise<void> => {
    await assert.rejects(async () => (await createSimulation({ sky: 'des', folder, seed: 1, models, ...options })).object(0), error => {
      assert.equal((error as { code: string }).code, code)
      assert.match((error as Error).message, message)
      return true
    })
  }
  const settled = (classes: object) => simulationSettings.parse({ classes })
  await refused({ settings: settled({ TDE: { share: 2 } }) }, 'class-without-sources', /classes\.TDE\.share is 2/)
  await refused({ settings: settled({ Ia: { share: 0 }, RRL: { skies: ['ztf'] } }) }, 'sky-without-classes', /des has no class/)
  await refused({ settings: settled({ Ia: { redshift: { least: 0.5, most: 0.1 } } }) }, 'redshift-range-empty', /classes\.Ia\.redshift: least 0\.5/)
  await refused({ models: { Ia: gaussianBump(-5) } }, 'class-not-reachable', /des did not alert on 480 objects of the class Ia/)
  await refused({ sky: 'lsst', folder: join(folder, 'none') }, 'templates-missing', /none\/passbands/)
})

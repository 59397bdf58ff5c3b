import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCadence } from '../../../src/simulator/live/cadence.ts'
import { createObjects, type SimulatedObject } from '../../../src/simulator/live/objects.ts'
import { createPhotometry, measure } from '../../../src/simulator/live/photometry.ts'
import { MADE_TABLE } from './made-table.ts'

const SEED = 2
const START = 61104
const cadence = createCadence(SEED, START)
const objects = createObjects(SEED, MADE_TABLE, cadence, 300, START).around(100)
const supernovae = objects.filter((object): object is SimulatedObject & { peakMjdTai: number } => object.class === 'Ia')

/** Mean and χ² a point of (measured − true) / error; both have their 1σ beside them. */
function pulls (measured: number[]): { mean: number, meanErr: number, chiSquare: number, chiSquareErr: number } {
  const mean = measured.reduce((sum, pull) => sum + pull, 0) / measured.length
  const chiSquare = measured.reduce((sum, pull) => sum + pull ** 2, 0) / measured.length
  return { mean, meanErr: measured.length ** -0.5, chiSquare, chiSquareErr: Math.sqrt(2 / measured.length) }
}

const visitsOf = ({ field }: SimulatedObject, from: number, nights: number): ReturnType<typeof cadence.visitsOf> =>
  Array.from({ length: nights }, (_, k) => cadence.visitsOf(field, from + k)).flat()

test('forced photometry before the explosion is noise: mean 0, χ² of 1 a point', () => {
  const measured = supernovae.slice(0, 600).flatMap(object =>
    visitsOf(object, Math.floor(object.peakMjdTai - START) - 400, 30).map(visit => {
      const { forcedFlux, fluxErr } = measure(SEED, object, visit)
      return forcedFlux / fluxErr
    }))
  assert.ok(measured.length > 5000)
  const { mean, meanErr, chiSquare, chiSquareErr } = pulls(measured)
  assert.ok(Math.abs(mean) < 4 * meanErr, `mean ${mean}`)
  assert.ok(Math.abs(chiSquare - 1) < 4 * chiSquareErr, `χ² ${chiSquare}`)
})

test('around the peak it scatters about the true flux by its error', () => {
  const measured = supernovae.slice(0, 600).flatMap(object =>
    visitsOf(object, Math.floor(object.peakMjdTai - START) - 15, 30).map(visit => {
      const { forcedFlux, fluxErr } = measure(SEED, object, visit)
      return (forcedFlux - object.flux(visit.band, visit.midpointMjdTai)) / fluxErr
    }))
  const { mean, meanErr, chiSquare, chiSquareErr } = pulls(measured)
  assert.ok(Math.abs(mean) < 4 * meanErr, `mean ${mean}`)
  assert.ok(Math.abs(chiSquare - 1) < 4 * chiSquareErr, `χ² ${chiSquare}`)
})

test('no detection falls outside the span in which an object can be detected', () => {
  const stray = supernovae.slice(0, 400).flatMap(object =>
    visitsOf(object, Math.floor(object.peakMjdTai - START) - 79, 370).filter(visit => {
      const seen = object.visible !== null && visit.midpointMjdTai >= object.visible.from - 1 && visit.midpointMjdTai <= object.visible.to + 1
      return !seen && measure(SEED, object, visit).detected
    }))
  // at 2σ in the deepest band, noise of 3σ has 0.13 %
  assert.ok(stray.length < 30, `${stray.length} strays`)
})

test('a history is the same whether it grew night by night, or was asked for at once, or after a later night', () => {
  const growing = createPhotometry(SEED, cadence, START)
  const object = supernovae.find(({ visible, peakMjdTai }) => visible && visible.to - visible.from > 60 && peakMjdTai < START + 90)!
  const night = Math.floor(object.peakMjdTai - START) + 20
  for (let before = night - 40; before < night; before += 3) growing.history(object, before)
  const grown = growing.history(object, night)
  growing.history(object, night + 30)
  assert.deepEqual(growing.history(object, night), grown)
  assert.deepEqual(createPhotometry(SEED, cadence, START).history(object, night), grown)
  assert.ok(grown.detections.length > 0)
  assert.ok(grown.forced.every(({ visit }) => visit.night < night))
})

test('a star is seen as often above its template as below it, a supernova below it by noise alone', () => {
  const signs = (name: string): number[] => objects.filter(object => object.class === name).slice(0, 100).flatMap(object => {
    const night = Math.floor((object.visible?.from ?? START) - START) + 40
    return visitsOf(object, night, 20).map(visit => measure(SEED, object, visit)).filter(({ detected }) => detected).map(({ sourceFlux }) => Math.sign(sourceFlux))
  })
  const share = (values: number[]): number => values.filter(sign => sign < 0).length / values.length
  assert.ok(signs('RRL').length > 300 && Math.abs(share(signs('RRL')) - 0.5) < 0.1, `${share(signs('RRL'))}`)
  assert.ok(share(signs('Ia')) < 0.01)
})

test('a flare is caught by the visit that it begins before', () => {
  const flares = objects.filter(object => object.class === 'M-dwarf')
  const caught = flares.filter(object => visitsOf(object, Math.floor(object.peakMjdTai! - START) - 1, 3).some(visit => measure(SEED, object, visit).detected))
  assert.ok(flares.length > 50 && caught.length > 0.6 * flares.length, `${caught.length} of ${flares.length}`)
})

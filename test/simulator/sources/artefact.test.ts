import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BANDS } from '../../../src/alert/alert.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { artefactModel } from '../../../src/simulator/sources/artefact.ts'
import { circumstances, holds, visitsAt } from './night-sky.ts'

describe('Artefacts', () => {
  it('are there at the visits that they were drawn with, within their S/N, and nowhere else', async () => {
    // thirty visits a night, in bands of different depth
    const visits = visitsAt(Array.from({ length: 300 }, (_, k) => 61_790 + Math.floor(k / 30) * 2 + (k % 30) * 0.005))
    const model = await artefactModel('')
    const sources = Array.from({ length: 400 }, (_, k) => model.draw(randomFrom(22, k), circumstances(BANDS, visits)))
    const share = (subtype: string): number => sources.filter(source => source.subtype === subtype).length / sources.length
    holds(Math.abs(share('night') - 0.4) < 0.08 && Math.abs(share('subtraction') - 0.35) < 0.08 && Math.abs(share('spike') - 0.25) < 0.08)
    let [negative, points] = [0, 0]
    for (const source of sources) {
      assert.equal(source.persistent, false)
      const flux = source.fluxes(visits)
      const snr = Array.from(flux, (value, k) => value / (10 ** (0.4 * (31.4 - visits.depth[k]!)) / 5))
      const marks = snr.filter(value => value !== 0)
      assert.equal(marks.length, source.parameters['points'])
      holds(flux.every((value, k) => value === 0 || (visits.mjd[k]! >= source.from && visits.mjd[k]! <= source.until)))
      if (source.subtype === 'night') {
        holds(source.until - source.from < 0.5 && source.peakMjd! >= source.from && source.peakMjd! <= source.until)
        const atPeak = snr[visits.mjd.indexOf(source.peakMjd!)]!
        holds(atPeak > 5.99 && atPeak < 200.01 && marks.length <= 30 && marks.every(value => value > 0), `S/N ${atPeak}`)
      }
      if (source.subtype === 'subtraction') holds(marks.length === visits.mjd.length && marks.some(value => value < 0) && marks.some(value => value > 0))
      if (source.subtype === 'spike') holds(marks.length > 0 && marks.every(value => Math.abs(value) > 5.99 && Math.abs(value) < 200.01))
      if (source.subtype === 'spike') {
        holds(marks.length < 0.25 * visits.mjd.length)
        negative += marks.filter(value => value < 0).length
        points += marks.length
      }
      holds(source.fluxes(visitsAt([59_000.3, 61_234.567_89, 65_000])).every(value => value === 0))
    }
    holds(Math.abs(negative / points - 0.15) < 0.03)
  })

  it('shine nowhere where there are no visits', async () => {
    const model = await artefactModel('')
    for (let k = 0; k < 20; k++) {
      const source = model.draw(randomFrom(1, k), circumstances(BANDS, visitsAt([])))
      assert.equal(source.parameters['points'], 0)
      assert.deepEqual([...source.fluxes(visitsAt([61_800]))], [0])
    }
  })
})

import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { countingSource, elasticcAlert, elasticcContainer, elasticcObject, elasticcSource } from '../../fixtures/alert-packets.ts'

const decode = (changes: object = {}) => decodeAlert(elasticcContainer([[elasticcAlert(changes)]]), { schemas: countingSource() })

test('FLUXCAL becomes nJy, Y becomes y, and the constant ccdVisitId no visit', async () => {
  const alert = await decode({ prvDiaForcedSources: [{ diaForcedSourceId: 1n, midPointTai: 59589, filterName: 'g', psFlux: 1, psFluxErr: 2 }] })
  // 10^(0.4·3.9) = 36.307805477010135 to 16 digits (bc)
  const perFluxcal = 36.307805477010135
  const [trigger, forced, ...more] = alert.points
  assert.ok(trigger && forced && more.length === 0)
  assert.deepEqual([trigger.band, trigger.kind, trigger.visit, trigger.midpointMjdTai], ['y', 'detection', null, 59590.0349])
  assert.deepEqual([forced.band, forced.kind, forced.visit], ['g', 'forced', null])
  for (const [actual, fluxcal] of [[trigger.psfFlux, 200], [trigger.psfFluxErr, 20], [forced.psfFlux, 1], [forced.psfFluxErr, 2]] as const) {
    assert.ok(Math.abs(actual / (fluxcal * perFluxcal) - 1) < 1e-14)
  }
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec], ['843', '1686002', 59.75, -5.5])
})

test('the best known redshift is taken; −9 and 0 are none', async () => {
  const none = { z_final: 0, z_final_err: 0, hostgal_z: -9, hostgal_z_err: -9, hostgal_zphot_q50: -9, mwebv: 0 }
  const choices = [
    [{}, { redshift: 0.5, redshiftErr: 0.0625, mwebv: 0.125 }],
    [{ z_final_err: -9 }, { redshift: 0.5, redshiftErr: null, mwebv: 0.125 }],
    [{ z_final: 0 }, { redshift: 0.75, redshiftErr: 0.25, mwebv: 0.125 }],
    [{ ...none, hostgal_zphot_q50: 0.875 }, { redshift: 0.875, redshiftErr: null, mwebv: null }],
    [none, { redshift: null, redshiftErr: null, mwebv: null }],
    [{ ...none, z_final: null, mwebv: null }, { redshift: null, redshiftErr: null, mwebv: null }],
    [{ ...none, z_final: Number.NaN, hostgal_z: 1 }, { redshift: 1, redshiftErr: null, mwebv: null }]
  ] as const
  for (const [changes, host] of choices) {
    assert.deepEqual((await decode({ diaObject: elasticcObject(changes) })).host, host)
  }
})

test('without a diaObject the source\'s own id and position stand', async () => {
  const alert = await decode({ diaObject: null })
  assert.deepEqual([alert.diaObjectId, alert.ra, alert.dec], ['843', 59.5, -5.25])
  assert.deepEqual(alert.host, { redshift: null, redshiftErr: null, mwebv: null })
  assert.equal((await decode({ diaObject: null, diaSource: elasticcSource({ diaObjectId: null }) })).diaObjectId, null)
})

test('sentinel fluxes are omitted', async () => {
  const alert = await decode({ prvDiaSources: [elasticcSource({ diaSourceId: 5n, psFlux: -9, psFluxErr: -9 })] })
  assert.equal(alert.points.length, 1)
  assert.deepEqual(alert.omitted, [{ diaSourceId: '5', reason: 'flux-error-not-positive' }])
})

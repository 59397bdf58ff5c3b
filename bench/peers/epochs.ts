/** Alerts that bring one point each, a night after the other. */
import { UNKNOWN_HOST, type Alert } from '../../src/alert/alert.ts'

const BANDS = ['g', 'r', 'i', 'z'] as const

export function alertAt (diaObjectId: string, epoch: number): Alert {
  const midpointMjdTai = 60000 + epoch
  return {
    diaObjectId,
    diaSourceId: `${diaObjectId}${epoch}`,
    midpointMjdTai,
    ra: 150,
    dec: 2,
    points: [{ midpointMjdTai, band: BANDS[epoch % 4]!, psfFlux: 2000 + epoch % 300, psfFluxErr: 100, kind: 'detection', visit: epoch, timeProcessedMjdTai: null, withdrawn: false }],
    omitted: [],
    host: UNKNOWN_HOST,
    solarSystem: false
  }
}

/** An object with what a light curve can have: bands that the model uses and one that it does not, forced photometry that came late. */
import assert from 'node:assert/strict'
import type { PhotometricPoint } from '../../src/alert/alert.ts'
import type { Service } from '../http/service.ts'
import { alertFor, point } from '../pipeline.ts'

export const SUPERNOVA = '313934342374881341'

const detection = (midpointMjdTai: number, band: PhotometricPoint['band'], psfFlux: number): PhotometricPoint => point({ midpointMjdTai, band, psfFlux, psfFluxErr: 100 })
const forced = (midpointMjdTai: number, band: PhotometricPoint['band'], psfFlux: number): PhotometricPoint => point({ midpointMjdTai, band, psfFlux, psfFluxErr: 150, kind: 'forced' })

/** Points by alert. The second brings forced photometry of before the first: what was published is revised. */
export const ALERTS: PhotometricPoint[][] = [
  [detection(60000, 'r', 2000), detection(60000.02, 'g', 1500)],
  [detection(60003, 'i', 4000), forced(59990, 'g', 50), forced(59995, 'r', -80)],
  [detection(60006, 'z', 5000), detection(60006.02, 'u', 900)],
  [detection(60010, 'r', 6500)]
]

/** All points in order of time. */
export const POINTS = ALERTS.flat().sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)

/** Puts an alert through; it must be classified. */
export async function alertOf ({ pipeline }: Pick<Service, 'pipeline'>, diaObjectId: string, points: PhotometricPoint[]): Promise<void> {
  const [outcome] = await pipeline.processor.process([{ alert: alertFor(diaObjectId, points), origin: 'test' }])
  assert.equal(outcome!.outcome, 'classified')
}

export async function observeSupernova (service: Pick<Service, 'pipeline'>, alerts = ALERTS): Promise<void> {
  for (const points of alerts) await alertOf(service, SUPERNOVA, points)
}

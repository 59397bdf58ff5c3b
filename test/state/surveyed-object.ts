/** Alerts of one object as a difficult survey would send them: versions, withdrawals, history, facts that change. */
import type { Alert, PhotometricPoint } from '../../src/alert/alert.ts'
import type { AlertContext } from '../../src/alert/context/context.ts'
import { alertFor, generator } from '../pipeline.ts'

export interface Survey {
  visits: number
  visitsANight: number
  /** Visits before the object brightens. */
  faint: number
  /** Most points of history that an alert brings along. */
  history: number
  /** Some points come without a visit number. */
  withoutVisits: boolean
  /** Host facts differ from alert to alert. */
  hosts: boolean
  seed: number
}

/** What several brokers say of one object; the redshifts are those of the host facts. */
const CONTEXTS: ReadonlyArray<AlertContext | undefined> = [
  undefined,
  { realBogus: { score: 0.75, name: 'reliability' }, templateFlux: -12.5, isDipole: false, detections: 7, firstDetectionMjdTai: 60000.1234567891 },
  { realBogus: { score: 0.5, name: 'drb' }, nearest: { catalogue: 'PS1', starScore: null, separation: 0.25 } },
  { classes: [{ catalogue: 'SIMBAD', class: 'Galaxy' }, { catalogue: 'TNS', class: 'SN Ia', name: '2026abc' }], extendedness: 0 },
  {
    hostRedshifts: [
      { redshift: 0.5, redshiftErr: null, kind: 'photometric', catalogue: 'Legacy Surveys DR8' },
      { redshift: 0.3, redshiftErr: 0.02, kind: 'spectroscopic', catalogue: 'NED', separation: 1.5 }
    ],
    matches: [{ survey: 'ZTF', diaObjectId: 'ZTF20aaelulu' }]
  }
]

export function surveyedObject (diaObjectId: string, { visits, visitsANight, faint, history, withoutVisits, hosts, seed }: Survey): Alert[] {
  const random = generator(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const base = Array.from({ length: visits }, (_, k): PhotometricPoint => {
    // Twelfths of a day, so that points often share their time.
    const midpointMjdTai = 60000 + Math.floor(k / visitsANight) * pick([1, 1, 1, 2]) + Math.floor(random() * 6) / 12
    const bright = k >= faint || random() < 0.03
    return {
      midpointMjdTai,
      band: pick(['u', 'g', 'r', 'i', 'z', 'g', 'r', 'i', 'z', 'y']),
      psfFlux: bright ? 400 + 2000 * random() : -100 + 250 * random(),
      psfFluxErr: 60 + 40 * random(),
      kind: pick(['detection', 'forced']),
      visit: withoutVisits && random() < 0.5 ? null : 1000 + k,
      timeProcessedMjdTai: pick([null, midpointMjdTai + 0.1]),
      withdrawn: false
    }
  }).sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)

  const versions = base.flatMap(point => [
    point,
    ...random() < 0.1 ? [{ ...point, timeProcessedMjdTai: point.midpointMjdTai + 3, psfFlux: point.psfFlux * (0.5 + random()) }] : [],
    ...random() < 0.05 && point.visit !== null ? [{ ...point, timeProcessedMjdTai: point.midpointMjdTai + 4, midpointMjdTai: point.midpointMjdTai + 0.003 }] : [],
    ...random() < 0.08 ? [{ ...point, timeProcessedMjdTai: point.midpointMjdTai + 5, withdrawn: true }] : []
  ])
  const detections = base.filter(point => point.psfFlux > 5 * point.psfFluxErr)
  for (const first of detections.slice(0, 2)) if (random() < 0.4) versions.push({ ...first, timeProcessedMjdTai: 60500, withdrawn: true })

  const facts = (): Partial<Alert> => {
    const context = pick(CONTEXTS)
    return {
      ...hosts && random() < 0.3 ? { ra: Number.NaN, dec: Number.NaN } : { ra: pick([10, 11]), dec: pick([1, 2]) },
      host: hosts
        ? { redshift: pick([null, 0.3, 0.5]), redshiftErr: pick([null, 0.02]), mwebv: pick([null, 0.02]) }
        : { redshift: 0.3, redshiftErr: null, mwebv: 0.02 },
      ...context && { context }
    }
  }
  const withPoints = versions.map((version, k) => {
    const before = base.filter(point => point.midpointMjdTai < version.midpointMjdTai).slice(-Math.floor(random() * history) || base.length)
    return alertFor(diaObjectId, [version, ...history === 0 ? [] : before], {
      ...facts(), diaSourceId: String(k), midpointMjdTai: version.midpointMjdTai + (version.withdrawn ? 5 : 0)
    })
  })
  const withoutNews = Array.from({ length: 6 }, (_, k) => {
    const point = pick(base)
    const points = pick([[], [{ ...point, psfFlux: Number.NaN }], [point, { ...point, psfFluxErr: Number.NaN }]])
    return alertFor(diaObjectId, points, { ...facts(), diaSourceId: `without-${k}`, midpointMjdTai: point.midpointMjdTai + Math.floor(random() * 8) / 4 })
  })
  return [...withPoints, ...withoutNews]
}

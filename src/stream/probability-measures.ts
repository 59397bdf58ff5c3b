/** The P(Ia) that this process has published, and their drift. */
import { Gauge, Histogram, type Registry } from 'prom-client'
import type { ReferenceDistribution } from '../model/reference-distribution.ts'
import type { AlertOutcome } from '../state/outcome.ts'
import { Drift } from './drift.ts'

/** Closer together where most of them lie. */
const BUCKETS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]

/** @param reference of the model's card; without it there is no drift */
export function probabilityMeasures (registers: Registry[], reference: ReferenceDistribution | null): (outcomes: readonly AlertOutcome[]) => void {
  const drift = reference && new Drift(reference)
  const probability = new Histogram({ name: 'candela_probability_ia', help: 'P(Ia) of each classification that was published for an alert.', buckets: BUCKETS, registers })
  const index = new Gauge({
    name: 'candela_probability_ia_drift',
    help: 'Population stability index of the newest classifications against the distribution in the model card.',
    labelNames: ['photo_z'],
    registers,
    collect () {
      const indices = drift?.indices()
      if (!indices) return
      index.set({ photo_z: 'known' }, indices.known)
      index.set({ photo_z: 'unknown' }, indices.unknown)
    }
  })
  return outcomes => {
    for (const { outcome, probabilityIa, epochs } of outcomes) {
      if (outcome !== 'classified' || probabilityIa === undefined || epochs === undefined) continue
      probability.observe(probabilityIa)
      drift?.add(probabilityIa, epochs)
    }
  }
}

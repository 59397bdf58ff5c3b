/** Completeness and purity by days from the true peak. */
import { outcomeAt } from '../evaluation/evaluate.ts'
import { measure, type Outcome } from '../evaluation/metrics.ts'
import type { PhotoZ } from '../evaluation/playback.ts'
import { progressFigure } from './by-epochs.ts'
import { PHOTO_Z, type ReportFacts } from './facts.ts'
import type { Section } from '../../report/section.ts'

/** [d from peak], observer frame. */
export const PHASES = Array.from({ length: 17 }, (_, k) => -20 + 5 * k)

export interface PhaseLine {
  photoZ: PhotoZ
  /** [d] from the true time of peak. */
  phase: number
  /** Objects detected by then. */
  objects: number
  typeIa: number
  completeness: number | null
  purity: number | null
}

/**
 * P(Ia) after the newest epoch before each phase, of the objects with a known time of peak that were detected by then:
 * a live stream says nothing of the others.
 */
export function phaseLines ({ objects, played, calibrated, shares }: Pick<ReportFacts, 'objects' | 'played' | 'calibrated' | 'shares'>): PhaseLine[] {
  return PHOTO_Z.flatMap(photoZ => PHASES.map(phase => {
    const outcomes: Outcome[] = []
    for (const [k, { peakMjd }] of objects.entries()) {
      const object = played[photoZ][k]!
      if (peakMjd === null || object.firstDetection === null || object.firstDetection > peakMjd + phase) continue
      const step = object.times.findLastIndex(time => time <= peakMjd + phase)
      if (step >= 0) outcomes.push(outcomeAt(object, step, calibrated, shares))
    }
    const typeIa = outcomes.filter(({ isIa }) => isIa).length
    const { completeness, purity } = measure(outcomes)
    return { photoZ, phase, objects: outcomes.length, typeIa, completeness, purity }
  }))
}

export function byPhaseSection (facts: ReportFacts): Section {
  const known = facts.objects.filter(({ peakMjd }) => peakMjd !== null).length
  const rows = known === 0 ? [] : phaseLines(facts)
  const { objects: total } = facts
  return {
    id: 'by-phase',
    title: 'By days from peak',
    text: [`P(Ia) after the newest epoch before each phase, of the objects detected by then (S/N > 5). The time of peak is the true one of the simulation, in days of the observer${known > 0 && known < total.length ? `; it is known for ${known} of ${total.length} objects` : ''}.`],
    ...(known === 0 ? { absent: 'The data name no true time of peak (SIM_PEAKMJD).' } : {}),
    figures: known === 0
      ? []
      : [progressFigure({
          title: 'Completeness and purity by days from peak',
          alternative: 'Completeness, purity and the number of objects detected by then over the days from the true peak, from −20 to +60 in steps of 5, photo-z known and unknown.',
          rows,
          x: { field: 'phase', type: 'quantitative', title: 'days from peak', scale: { domain: [PHASES[0], PHASES.at(-1)] }, axis: { tickCount: 9 } },
          measures: [['completeness', 'completeness'], ['purity', 'purity']]
        })],
    tables: [],
    data: { file: 'by-phase.csv', rows: rows.map(row => ({ ...row })) }
  }
}

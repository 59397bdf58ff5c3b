import { isTime } from '../../alert/alert.ts'
import type { ClassShares } from '../../model/classes.ts'
import type { Phase } from '../../model/forecast/phase.ts'
import { CLASS_STEPS, PHASE_STEPS, publishedOf, sameProbabilities, sharesName, type SayingModel } from '../record/probabilities.ts'
import type { ObjectRecord, Publication, PublishedClasses, PublishedProbabilities } from '../record/record.ts'
import { LARGEST_PHASE } from '../views.ts'
import type { Report } from './findings.ts'

const isProbability = (value: number): boolean => value >= 0 && value <= 1

/** Class probabilities: named, each name once, whole parts that sum to 1, with the name of their shares. */
const areClasses = ({ names, parts, shares }: PublishedClasses): boolean =>
  names.length > 0 && names.length === parts.length && new Set(names).size === names.length && !names.includes('') && shares !== '' &&
  parts.every(part => Number.isSafeInteger(part) && part >= 0) && parts.reduce((sum, part) => sum + part, 0) === CLASS_STEPS

/** A phase: in whole steps of 0.1 d, its median within its interval. */
const isPhase = ({ phase, phaseLow, phaseHigh }: Phase): boolean =>
  phaseLow <= phase && phase <= phaseHigh && [phaseLow, phase, phaseHigh].every(days => Math.abs(days) <= LARGEST_PHASE && Math.round(days * PHASE_STEPS) / PHASE_STEPS === days)

const isPublication = ({ probabilityIa, probabilityIaErr = 0, classes, phase, epochs, midpointMjdTai, model }: Publication): boolean =>
  isProbability(probabilityIa) && isProbability(probabilityIaErr) && (!classes || areClasses(classes)) && (!phase || (classes !== undefined && isPhase(phase))) && Number.isSafeInteger(epochs) && epochs > 0 && isTime(midpointMjdTai) && /^[^/]+\/[^/]+$/.test(model)

/**
 * Checks that a whole published history has possible values, that times never fall, and that revisions never fall within
 * one life of the object. In a merged history each life has its own revisions, none above the record's.
 */
export function checkHistory ({ diaObjectId, revision, merged }: ObjectRecord, publications: readonly Publication[], report: Report): void {
  const of = (message: string): string => `object ${diaObjectId}: ${message}`
  const invalid = publications.findIndex(publication => !isPublication(publication))
  if (invalid >= 0) report('publication-invalid', of(`entry ${invalid} of its published history is ${JSON.stringify(publications[invalid])}`), diaObjectId)
  const greatest = publications.reduce((greatest, { revision }) => Math.max(greatest, revision), 0)
  const newest = merged ? greatest : publications.at(-1)?.revision ?? 0
  const falls = publications.findIndex(({ publishedAt, revision }, k) => k > 0 && (publishedAt < publications[k - 1]!.publishedAt || (!merged && revision < publications[k - 1]!.revision)))
  if (falls >= 0) {
    const [before, after] = [publications[falls - 1]!, publications[falls]!].map(({ publishedAt, revision }) => `time ${publishedAt}, revision ${revision}`)
    report('history-unordered', of(`entry ${falls} of its published history (${after}) comes behind ${before}`), diaObjectId)
  } else if (revision !== newest) {
    report('history-unordered', of(`its record is at revision ${revision}, its published history at ${newest}`), diaObjectId)
  }
}

/** The model that hidden states belong to, with the class shares of its object. */
export interface ModelInUse {
  model: SayingModel
  shares: ClassShares | null
}

/**
 * Checks that the newest publication is what the hidden state at the tip gives.
 * @param inUse null where the hidden states are those of another model: its calibration tells nothing about them
 */
export function checkNewest ({ diaObjectId, tip, publications, model: key }: ObjectRecord, inUse: ModelInUse | null, report: Report): void {
  if (tip === null) return
  const newest = publications.at(-1)
  const of = (message: string): void => report('newest-probability-wrong', `object ${diaObjectId}: ${message}`, diaObjectId)
  if (newest === undefined) {
    of('it has a hidden state, and nothing published')
    return
  }
  const by = key.replace(/#.*$/, '')
  const expected = inUse && comparable(newest, inUse) ? publishedOf(inUse.model, tip, inUse.shares) : newest
  if (sameProbabilities(expected, newest) && newest.epochs === tip.steps && newest.midpointMjdTai === tip.midpointMjdTai && newest.model === by) return
  of(`what was published last is ${inWords(newest, newest)}, its hidden state says ${inWords(expected, { epochs: tip.steps, midpointMjdTai: tip.midpointMjdTai, model: by })}`)
}

/** What was published for other class shares than those of now stands, and tells nothing of the hidden state. */
const comparable = ({ classes }: Publication, { model, shares }: ModelInUse): boolean => !classes || classes.shares === sharesName(model, shares)

function inWords ({ probabilityIa, probabilityIaErr, classes, phase }: PublishedProbabilities, { epochs, midpointMjdTai, model }: Pick<Publication, 'epochs' | 'midpointMjdTai' | 'model'>): string {
  const error = probabilityIaErr === undefined ? '' : ` ± ${probabilityIaErr}`
  const parts = classes ? ` (${classes.names.map((name, k) => `${name} ${classes.parts[k]! / CLASS_STEPS}`).join(', ')}; shares ${classes.shares})` : ''
  const days = phase ? `, phase ${phase.phase} d (${phase.phaseLow} to ${phase.phaseHigh}),` : ''
  return `P(Ia) ${probabilityIa}${error}${parts}${days} after ${epochs} epochs at ${midpointMjdTai} by ${model}`
}

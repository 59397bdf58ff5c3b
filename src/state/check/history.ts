import { isTime } from '../../alert/alert.ts'
import { probabilityIa } from '../../model/calibration.ts'
import type { Model } from '../../model/model-file.ts'
import { publishedProbability, type ObjectRecord, type Publication } from '../record/record.ts'
import type { Report } from './findings.ts'

const isPublication = ({ probabilityIa, epochs, midpointMjdTai, model }: Publication): boolean =>
  probabilityIa >= 0 && probabilityIa <= 1 && Number.isSafeInteger(epochs) && epochs > 0 && isTime(midpointMjdTai) && /^[^/]+\/[^/]+$/.test(model)

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

/**
 * Checks that the newest publication is what the hidden state at the tip gives.
 * @param inUse whether the hidden states are those of `model`; its calibration tells nothing about others
 */
export function checkNewest ({ diaObjectId, tip, publications, model: key }: ObjectRecord, model: Model, inUse: boolean, report: Report): void {
  if (tip === null) return
  const newest = publications.at(-1)
  const of = (message: string): void => report('newest-probability-wrong', `object ${diaObjectId}: ${message}`, diaObjectId)
  if (newest === undefined) {
    of('it has a hidden state, and nothing published')
    return
  }
  const by = key.replace(/#.*$/, '')
  const expected = inUse ? publishedProbability(probabilityIa(tip.logit, tip.steps, model.calibration)) : newest.probabilityIa
  const says = (probability: number, epochs: number, midpointMjdTai: number, model: string): string => `P(Ia) ${probability} after ${epochs} epochs at ${midpointMjdTai} by ${model}`
  const published = says(newest.probabilityIa, newest.epochs, newest.midpointMjdTai, newest.model)
  const stands = says(expected, tip.steps, tip.midpointMjdTai, by)
  if (published !== stands) of(`what was published last is ${published}, its hidden state says ${stands}`)
}

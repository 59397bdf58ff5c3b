/** What card.json says of a model with classes. */
import type { Calibrated } from '../../model/probabilities.ts'
import type { SharesAbove } from './by-type.ts'
import type { Told } from './playback.ts'
import type { MomentFigures, SkyEvaluation } from './sky-evaluation.ts'

/** Measured on objects that were not trained on. */
export interface MeasuredSky {
  /** As `test`. */
  part: string
  told: Told
  evaluation: SkyEvaluation
}

const round = (value: number | null, digits: number): number | null => value === null ? null : Number(value.toFixed(digits))
const perCent = ({ half, sure }: SharesAbove): number[] => [round(100 * half, 1)!, round(100 * sure, 1)!]

function momentOf ({ moment, objects, typeIa, ia, classes }: MomentFigures): object {
  return {
    moment,
    objects,
    typeIa,
    auc: round(ia.auc, 4),
    completeness: round(ia.completeness, 4),
    purity: round(ia.purity, 4),
    ece: round(ia.ece, 4),
    ...classes === null ? {} : { accuracy: round(classes.accuracy, 2), macroF1: round(classes.macroF1, 4), macroAuc: round(classes.macroAuc, 4) }
  }
}

/** `calibration` of a card, and `modelClasses` where the network ends in classes. */
export const calibrationOfCard = (calibrated: Calibrated): object => calibrated.classes === null
  ? { calibration: { ...calibrated.calibration, fittedOn: 'validation part, photo-z known and unknown: the temperature at the end and early, slope and offset by number of epochs' } }
  : {
      modelClasses: calibrated.classes,
      calibration: {
        ...calibrated.calibration,
        fittedOn: 'validation part, photo-z and context known and unknown: by number of epochs a slope of the logits and an offset of each class; spread is the factor of the spread of the heads that makes it the error of the logit of P(Ia)'
      }
    }

/** `sky` of a card: a line for each set and type, the figures by days since the first detection, the confusion matrix at the end. */
export function skyOfCard ({ part, told, evaluation: { shares, types, moments, against } }: MeasuredSky): object {
  const end = moments.at(-1)!
  return {
    sky: {
      part,
      photoZ: told.photoZ,
      context: told.context,
      classShares: shares,
      types: types.map(({ set, label, type, objects, never, end, after, ever }) => ({
        set, type: label, class: type, objects, never, end: perCent(end), after: Object.fromEntries(Object.entries(after).map(([epochs, above]) => [epochs, perCent(above)])), ever: perCent(ever)
      })),
      against: against.map(({ auc, ...line }) => ({ ...line, auc: Object.fromEntries(Object.entries(auc).map(([moment, value]) => [moment, round(value, 4)])) })),
      moments: moments.map(momentOf),
      ...end.classes === null
        ? {}
        : {
            classes: end.classes.classes.map(({ name, objects, called, f1, auc }) => ({ name, objects, called, f1: round(f1, 4), auc: round(auc, 4) })),
            confusion: end.classes.confusion
          },
      units: 'types: per cent of the objects with P(Ia) > 0.5 and > 0.9 at the end, after 5, 10, 20 epochs, at any epoch; moments: since the first detection, auc to ece in the mix of classShares, accuracy in per cent, macroF1 and macroAuc over the objects as given; confusion: objects at the end, [truth, called]'
    }
  }
}

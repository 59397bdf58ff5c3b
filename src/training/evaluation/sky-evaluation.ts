/** What a model says of a sky of many classes: everything that `candela evaluate` tells of sets of light curves. */
import type { ModelClass } from '../../model/classes.ts'
import { againstLines, type AgainstLine } from './against.ts'
import { SURE_THRESHOLD, typeLines, type TypeLine } from './by-type.ts'
import { classFigures, confusionOf, macro, type ClassFigures, type Confusion } from './confusion.ts'
import { errorQuintiles, type ErrorQuintile } from './error-quintiles.ts'
import { afterDays, END, instancesAt, type Asked, type Instance, type JudgedObject, type Moment } from './judged.ts'
import { calibrationNoise, measure, type Outcome } from './metrics.ts'
import { purityAt, purityCurve, thinned, type PurityPoint } from './purity-completeness.ts'
import { reliabilityOf, type ReliabilityPoint } from './reliability.ts'
import { shareWeights } from './share-weights.ts'

/** Days since the first detection, as ORACLE (arXiv:2501.01496) and ATCAT count them. */
export const DAYS = [1, 2, 4, 8, 16, 32, 64] as const
const MOMENTS: readonly Moment[] = [...DAYS.map(afterDays), END]
const COMPLETENESSES = [0.5, 0.7, 0.9] as const
const CURVE_POINTS = 200

/** P(Ia) of objects in the mix of the class shares. */
export interface IaFigures {
  /** As many objects of equal weight tell as much. */
  effectiveObjects: number
  /** Part of the sky whose classes the objects have. */
  coverage: number
  auc: number | null
  /** Of the objects with P(Ia) > 0.5, and > 0.9. */
  completeness: number | null
  purity: number | null
  sureCompleteness: number | null
  surePurity: number | null
  ece: number | null
  /** What `ece` would be on average if P(Ia) were right: see `calibrationNoise`. */
  eceNoise: number | null
  /** Purity of the list that holds so much of the Ia [by completeness]. */
  purityAt: Record<string, number | null>
  curve: PurityPoint[]
  reliability: ReliabilityPoint[]
}

/** The classes as the objects were given, without weights. */
export interface ClassesAt {
  /** Share of the objects that are called by their true class [%]. */
  accuracy: number | null
  macroF1: number | null
  macroAuc: number | null
  classes: ClassFigures[]
  confusion: Confusion
}

export interface MomentFigures {
  /** `1 day`, `2 days` … since the first detection, or `end`. */
  moment: string
  objects: number
  typeIa: number
  ia: IaFigures
  /** Null of a model without classes. */
  classes: ClassesAt | null
}

export interface SkyEvaluation {
  /** Name of the class shares that probabilities are for; null of a model without classes. */
  shares: string | null
  types: TypeLine[]
  against: AgainstLine[]
  moments: MomentFigures[]
  /** At the end. */
  errors: ErrorQuintile[]
}

function iaFigures (instances: readonly Instance[], { calibrated, shares }: Asked): IaFigures {
  const { weights, ...weighted } = calibrated.classes === null
    ? { weights: null, effectiveObjects: instances.length, coverage: 1 }
    : shareWeights(instances, calibrated.classes, shares ?? calibrated.trainingShares)
  const outcomes = instances.map(({ isIa, probabilities }, k): Outcome => ({ isIa, probabilityIa: probabilities.probabilityIa, weight: weights?.[k] ?? 1 })).filter(({ weight }) => weight! > 0)
  const { auc, completeness, purity, ece } = measure(outcomes)
  // The threshold of measure() is 0.5: what is above 0.9 is put above it, and what is not below it.
  const sure = measure(outcomes.map(outcome => ({ ...outcome, probabilityIa: outcome.probabilityIa > SURE_THRESHOLD ? 1 : 0 })))
  const curve = purityCurve(outcomes)
  return {
    ...weighted,
    auc,
    completeness,
    purity,
    sureCompleteness: sure.completeness,
    surePurity: sure.purity,
    ece,
    eceNoise: calibrationNoise(outcomes),
    purityAt: Object.fromEntries(COMPLETENESSES.map(one => [String(one), purityAt(curve, one)])),
    curve: thinned(curve, CURVE_POINTS),
    reliability: reliabilityOf(outcomes)
  }
}

function classesAt (instances: readonly Instance[], classes: readonly ModelClass[]): ClassesAt {
  const confusion = confusionOf(instances, classes)
  const figures = classFigures(instances, confusion)
  const right = confusion.truth.reduce((sum, name, row) => sum + (confusion.counts[row]![confusion.called.indexOf(name)] ?? 0), 0)
  return { accuracy: instances.length === 0 ? null : 100 * right / instances.length, macroF1: macro(figures, 'f1'), macroAuc: macro(figures, 'auc'), classes: figures, confusion }
}

/** @param against lists of classes or labels that Ia are told from, beside each class alone */
export function evaluateSky (judged: readonly JudgedObject[], asked: Asked, against: ReadonlyArray<readonly string[]> = []): SkyEvaluation {
  const { classes } = asked.calibrated
  return {
    shares: asked.calibrated.classes === null ? null : (asked.shares ?? asked.calibrated.trainingShares).name,
    types: typeLines(judged),
    against: againstLines(judged, asked, against),
    moments: MOMENTS.map((moment): MomentFigures => {
      const instances = instancesAt(judged, moment, asked)
      return {
        moment: moment.name,
        objects: instances.length,
        typeIa: instances.filter(({ isIa }) => isIa).length,
        ia: iaFigures(instances, asked),
        classes: classes === null ? null : classesAt(instances, classes)
      }
    }),
    errors: errorQuintiles(instancesAt(judged, END, asked))
  }
}

/** How well P(Ia) tells Ia from the other classes: of all sets together, since some archives hold one class alone. */
import { EPOCHS_SHOWN } from './by-type.ts'
import { afterEpochs, END, instancesAt, type Asked, type JudgedObject } from './judged.ts'
import { areaUnderCurve } from './metrics.ts'

export interface AgainstLine {
  /** The class that Ia are told from, several of them joined by +, or `all others`. */
  against: string
  typeIa: number
  objects: number
  /** By moment: `5 epochs`, `10 epochs`, `20 epochs`, `end`. An object with fewer epochs counts with its last, one without any not at all. */
  auc: Record<string, number | null>
}

export const AGAINST_MOMENTS = [...EPOCHS_SHOWN.map(afterEpochs), END]
const ALL_OTHERS = 'all others'

/** @param chosen lists of classes or type labels, each together a line; without them all others and each class alone */
export function againstLines (judged: readonly JudgedObject[], asked: Asked, chosen: ReadonlyArray<readonly string[]>): AgainstLine[] {
  const others = [...new Set(judged.filter(({ played }) => !played.isIa).map(({ played }) => played.type))].sort()
  const at = AGAINST_MOMENTS.map(moment => ({ name: moment.name, instances: instancesAt(judged, moment, asked) }))
  const lineOf = (against: string, names: readonly string[] | null): AgainstLine => {
    const belongs = (isIa: boolean, type: string, label: string): boolean => !isIa && (names === null || names.includes(type) || names.includes(label))
    const objects = at.at(-1)!.instances.filter(({ isIa, type, object }) => belongs(isIa, type, object.label)).length
    return {
      against,
      typeIa: at.at(-1)!.instances.filter(({ isIa }) => isIa).length,
      objects,
      auc: Object.fromEntries(at.map(({ name, instances }) => [name, areaUnderCurve(instances
        .filter(({ isIa, type, object }) => isIa || belongs(isIa, type, object.label))
        .map(({ isIa, probabilities }) => ({ isIa, probabilityIa: probabilities.probabilityIa })))]))
    }
  }
  return [
    lineOf(ALL_OTHERS, null),
    ...chosen.map(names => lineOf(names.join('+'), names)),
    ...others.length > 1 ? others.map(name => lineOf(name, [name])) : []
  ].filter(({ objects, typeIa }) => objects > 0 && typeIa > 0)
}

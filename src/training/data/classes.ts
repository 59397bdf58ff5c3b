/** Which type labels of a simulation make which class, and which classes count as Ia. */
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'

const CLASS_NAME = /^[A-Za-z0-9][A-Za-z0-9 _./+-]{0,31}$/
/** What `others` says besides the name of a class. */
const OTHERS = ['refuse', 'skip']
const MOST_CLASSES = 64

const quoted = (names: readonly string[]): string => names.map(name => `'${name}'`).join(', ')

/** The content of a classes file; setting `classes` of training.json. */
export const classesSchema = z.strictObject({
  /** Class name → the labels of its objects: names or codes of the simulation, as strings. */
  classes: z.record(z.string(), z.array(z.string().trim().min(1))),
  /** The classes that count as Ia in P(Ia). */
  positive: z.array(z.string()).min(1),
  /** Ids of the classes in ELAsTiCC's taxonomy, for a network that ends in classes; those that are not named have 0. */
  ids: z.record(z.string(), z.int().min(0)).optional(),
  /** Objects whose type no class names: refuse the data, skip them, or put them into a class. */
  others: z.string().default('refuse')
}).superRefine(({ classes, positive, others, ids }, context) => {
  const issue = (message: string, ...path: string[]): void => context.addIssue({ code: 'custom', message, path })
  const names = Object.keys(classes)
  if (names.length < 2 || names.length > MOST_CLASSES) issue(`2 to ${MOST_CLASSES} classes are expected, ${names.length} are given`, 'classes')
  for (const name of names) {
    if (!CLASS_NAME.test(name) || OTHERS.includes(name)) issue('a class name is 1 to 32 letters, digits, spaces or _ . / + -, and neither refuse nor skip', 'classes', name)
    if (classes[name]!.length === 0 && name !== others) issue('an empty class: name at least one label, or let `others` name this class', 'classes', name)
  }
  const classOf = new Map<string, string>()
  for (const [name, labels] of Object.entries(classes)) {
    for (const label of labels) {
      if (classOf.has(label)) issue(`label '${label}' stands in '${classOf.get(label)!}' already: each label belongs to one class`, 'classes', name)
      classOf.set(label, name)
    }
  }
  for (const name of positive) {
    if (!Object.hasOwn(classes, name)) issue(`'${name}' is no class; expected some of ${quoted(names)}`, 'positive')
  }
  for (const name of Object.keys(ids ?? {})) {
    if (!Object.hasOwn(classes, name)) issue(`'${name}' is no class; expected some of ${quoted(names)}`, 'ids')
  }
  if (names.length > 0 && names.every(name => positive.includes(name))) issue('every class is positive: at least one must not count as Ia', 'positive')
  if (!OTHERS.includes(others) && !Object.hasOwn(classes, others)) issue(`'${others}' is neither refuse nor skip nor one of the classes ${quoted(names)}`, 'others')
})
export type Classes = z.infer<typeof classesSchema>

/** What an object's labels make of it; `skip`: its type is left out; `unknown`: no class names any of its labels. */
export type Classified = { type: string, isIa: boolean } | 'skip' | 'unknown'

/**
 * The class of an object.
 * @param labels of its true type, the first that a class names decides
 * @param classes null: the first label is the class, and 'Ia' counts as Ia
 */
export function classify (labels: readonly [string, ...string[]], classes: Classes | null): Classified {
  if (classes === null) return { type: labels[0], isIa: labels[0] === 'Ia' }
  const names = Object.keys(classes.classes)
  const named = labels.map(label => names.find(name => classes.classes[name]!.includes(label))).find(name => name !== undefined)
  const type = named ?? classes.others
  if (named === undefined && type === 'skip') return 'skip'
  if (named === undefined && type === 'refuse') return 'unknown'
  return { type, isIa: classes.positive.includes(type) }
}

/** Labels with their counts, the most frequent first: 'II' (12), '42' (3). */
export const describeCounts = (counts: Record<string, number>): string =>
  Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([label, count]) => `'${label}' (${count})`).join(', ')

/** @param counts objects by the first label of types that no class names */
export function typeUnknown (counts: Record<string, number>, classes: Classes): CandelaError {
  return new CandelaError('type-unknown', `no class names the types ${describeCounts(counts)}; the classes are ${quoted(Object.keys(classes.classes))}`, {
    value: Object.keys(counts),
    action: 'Name each of them in the classes file, or say there "others": "skip" or "others": "<one of the classes>".'
  })
}

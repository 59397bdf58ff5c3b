/** The columns that a table has where a model with classes, or with a decoder, speaks. */
import type { Classification } from '../../state/views.ts'
import { partColumns, type Column } from '../table/columns.ts'

/** The models in use, as far as tables depend on them. */
export type ModelsInUse = () => ReadonlyArray<{ classes?: ReadonlyArray<{ name: string }> | undefined, decoder?: object | undefined }>

interface Row {
  classProbabilities?: Classification['classProbabilities'] | null
  phase?: number | null
}

/** Fields of a row that only a model with classes, or with attention, fills. */
const OF_CLASSES: ReadonlySet<string> = new Set(['probabilityIaErr', 'classShares', 'weight'])

/** Fields that only a model with a decoder fills. */
const OF_PHASE: ReadonlySet<string> = new Set(['phase', 'phaseLow', 'phaseHigh'])

const about = (name: string) => ({ description: `Probability of the class ${name}`, ucd: 'stat.probability' })

/**
 * Behind the columns that every table has: the error of P(Ia), the class shares, the phase, and a column for each class, of the models in use
 * first, so that all pages of a list have the same ones; then those of earlier models in these rows.
 * @param columns of all fields that are no class probabilities
 */
export function withClasses (columns: readonly Column[], models: ModelsInUse, rows: readonly Row[]): Column[] {
  const inUse = models().flatMap(({ classes = [] }) => classes.map(({ name }) => name))
  const names = [...new Set([...inUse, ...rows.flatMap(({ classProbabilities }) => Object.keys(classProbabilities ?? {}))])]
  const phases = models().some(({ decoder }) => decoder !== undefined) || rows.some(({ phase }) => typeof phase === 'number')
  const plain = columns.filter(({ name }) => !OF_CLASSES.has(name) && !OF_PHASE.has(name))
  if (names.length === 0) return plain
  return [...plain, ...columns.filter(({ name }) => OF_CLASSES.has(name)), ...columns.filter(({ name }) => phases && OF_PHASE.has(name)), ...partColumns('classProbabilities', names, about, 'p_')]
}

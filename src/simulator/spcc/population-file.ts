/** The fitted population as a TypeScript module. */
import type { PopulationGroup } from './population.ts'

/**
 * @param command the command that makes the file again
 * @param summary what was fitted to what, one line
 */
export function populationModule (groups: readonly PopulationGroup[], command: string, summary: string): string {
  const rows = groups.map(({ class: supernovaClass, weight, bands, mean, factor }) =>
    `  { class: '${supernovaClass}', weight: ${weight}, bands: [${bands.map(band => `'${band}'`).join(', ')}], mean: ${list(mean)}, factor: [${factor.map(list).join(', ')}] }`)
  return `/**
 * Written by \`${command}\`; do not edit.
 * ${summary}
 */
import type { PopulationGroup } from './population.ts'

export const SPCC_POPULATION: readonly PopulationGroup[] = [
${rows.join(',\n')}
]
`
}

const list = (values: readonly number[]): string => `[${values.join(', ')}]`

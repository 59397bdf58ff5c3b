/** What HEAD and PHOT tell beside light curves where Candela's simulator has written them: context, scores, signed fluxes. */
import type { Band } from '../alert.ts'
import { numberIn, type FitsColumn } from '../fits/columns.ts'
import type { FitsTable } from '../fits/table.ts'
import { bandOf } from '../points/bands.ts'
import type { SnanaPhotometry } from './observation.ts'

/** The survey's template and catalogue at the position of an object. */
export interface SnanaContext {
  /** Flux of the template by band [nJy]: of a star, a nucleus or a host. */
  templateFlux: Partial<Record<Band, number>>
  /** Of the nearest catalogued source: 0 a galaxy, 1 a star; null where nothing is catalogued. */
  starScore: number | null
  /** From the nearest catalogued source [arcsec]; null where nothing is catalogued. */
  separation: number | null
}

const TEMPLATE_FLUX = 'TEMPLATE_FLUXCAL_'

/** Columns of one HEAD file. */
export interface ContextColumns { templates: FitsColumn[], starScore: FitsColumn | null, separation: FitsColumn | null }

export const contextColumns = (head: FitsTable): ContextColumns => ({
  templates: head.columns.filter(({ name }) => name.startsWith(TEMPLATE_FLUX)),
  starScore: head.column('STAR_SCORE'),
  separation: head.column('NEAREST_SEP')
})

const atLeastZero = (column: FitsColumn | null, row: Buffer): number | null => {
  const value = column && numberIn(column, row)
  return value !== null && value >= 0 ? value : null
}

/** @returns undefined where the file says nothing */
export function contextIn ({ templates, starScore, separation }: ContextColumns, row: Buffer, { scale, survey }: SnanaPhotometry): SnanaContext | undefined {
  if (templates.length === 0 && starScore === null && separation === null) return undefined
  const templateFlux: Partial<Record<Band, number>> = {}
  for (const column of templates) {
    const band = bandOf(column.label.slice(TEMPLATE_FLUX.length), survey)
    const flux = atLeastZero(column, row)
    if (band !== null && flux !== null) templateFlux[band] = flux * scale
  }
  return { templateFlux, starScore: atLeastZero(starScore, row), separation: atLeastZero(separation, row) }
}

/** The score of an observation (PHOTPROB), 0 to 1; null where it has none. */
export function scoreIn (column: FitsColumn, row: Buffer): number | null {
  const score = atLeastZero(column, row)
  return score !== null && score <= 1 ? score : null
}

/** Simulations without scores write 0, or -9, for all. */
export const saysScores = (scores: ReadonlyArray<number | null>): boolean => scores.some(score => score !== null && score > 0)

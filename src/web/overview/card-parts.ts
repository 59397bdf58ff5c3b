/** Reads a model's card, in which every part may be missing or of another form. */
import type { Card } from '../api.ts'

export const text = (value: unknown): string | null => typeof value === 'string' || typeof value === 'number' ? String(value) : null

export const record = (value: unknown): Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {}

export const texts = (value: unknown): string[] => Array.isArray(value) ? value.flatMap(entry => text(entry) ?? []) : []

/** A bin of a reliability diagram. */
export interface ReliabilityPoint {
  objects: number
  meanProbabilityIa: number
  shareIa: number
  /** 68 % interval of the share. */
  shareLow: number
  shareHigh: number
}

const NUMBERS = ['objects', 'meanProbabilityIa', 'shareIa', 'shareLow', 'shareHigh'] as const

const isPoint = (value: unknown): value is ReliabilityPoint => NUMBERS.every(name => Number.isFinite(record(value)[name]))

export const WHEN = { final: 'after the last point', early: 'early, after the night of the sixth point with S/N > 4' } as const
export type When = keyof typeof WHEN
export const PHOTO_Z = { photoZKnown: 'known', photoZUnknown: 'unknown' } as const
export type PhotoZ = keyof typeof PHOTO_Z

/** Older cards have no baseline. */
function baselineSentence (table: Record<string, unknown>): string {
  const { commonest, accuracy } = record(table['baseline'])
  return text(commonest) === null || text(accuracy) === null ? '' : ` Calling every object ${text(commonest)} would be right for ${text(accuracy)} %.`
}

/** What was measured of a model, or of the recipe that it was trained by where no object was left to measure it on. */
export function measuredOf (card: Card): { about: string | null, line: (photoZ: PhotoZ, when: When) => Record<string, unknown>, reliability: (photoZ: PhotoZ, when: When) => ReliabilityPoint[] } {
  const table = record(card['table'] ?? card['tableOfTheRecipe'])
  const part = text(table['objects'])
  return {
    about: text(table['about']) ?? (part === null ? null : `Measured on ${part} objects of the ${text(table['part']) ?? ''} part, of which ${text(table['typeIa']) ?? 'some'} are Ia.${baselineSentence(table)}`),
    line: (photoZ, when) => record(record(table[photoZ])[when]),
    reliability (photoZ, when) {
      const points = record(record(table[photoZ])['reliability'])[when]
      return Array.isArray(points) ? points.filter(isPoint).sort((a, b) => a.meanProbabilityIa - b.meanProbabilityIa) : []
    }
  }
}

/** Further fields of a sender are no harm; one that was meant to be a known field would be lost without a word. */
import type { z } from 'zod'

/** Letters by which two names may differ to be taken for the same. */
const MOST_EDITS = 2
/** Of shorter names two letters leave nothing. */
const SHORTEST = 5

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '')

/** Letters to insert, delete or replace to make one of the other (Wagner & Fischer 1974). */
function edits (a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, k) => k)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    above = row
  }
  return above[b.length]!
}

function meant (name: string, fields: readonly string[]): string | undefined {
  const given = plain(name)
  return fields.find(field => {
    const known = plain(field)
    if (known === given) return true
    return known.length >= SHORTEST && Math.abs(known.length - given.length) <= MOST_EDITS && edits(known, given) <= MOST_EDITS
  })
}

/** A check of an object: no unknown name that is close to a known field which is missing. */
export function refuseSlips (fields: readonly string[]): (payload: z.core.ParsePayload<Record<string, unknown>>) => void {
  const known = new Set(fields)
  return ({ value, issues }) => {
    const missing = fields.filter(field => value[field] === undefined)
    for (const name of Object.keys(value)) {
      if (known.has(name)) continue
      const field = meant(name, missing)
      if (field !== undefined) issues.push({ code: 'custom', input: value, path: [name], message: `${field}: no field has the name ${name}` })
    }
  }
}

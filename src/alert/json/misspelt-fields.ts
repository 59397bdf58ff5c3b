/** Further fields of a sender are no harm; one that was meant to be a known field would be lost without a word. */
import QuickLRU from 'quick-lru'
import type { z } from 'zod'

/** Letters by which two names may differ to be taken for the same. */
const MOST_EDITS = 2
/** Names may have some `_` and `-` beside their letters. */
const LONGEST = 100
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

/** Names whose nearness to the known ones is remembered: every point of a light curve has the same. */
const MOST_REMEMBERED = 1000

/** @returns gives the known fields that a name is close to */
function nearnessTo (fields: readonly string[]): (name: string) => readonly string[] {
  const known = fields.map(field => ({ field, letters: plain(field) }))
  const remembered = new QuickLRU<string, readonly string[]>({ maxSize: MOST_REMEMBERED })
  return name => {
    let near = remembered.get(name)
    if (near === undefined) {
      // A longer name is close to none.
      const given = name.length > LONGEST ? undefined : plain(name)
      near = given === undefined ? [] : known.filter(({ letters }) => isNear(letters, given)).map(({ field }) => field)
      remembered.set(name, near)
    }
    return near
  }
}

function isNear (known: string, given: string): boolean {
  if (known === given) return true
  return known.length >= SHORTEST && Math.abs(known.length - given.length) <= MOST_EDITS && edits(known, given) <= MOST_EDITS
}

/** A check of an object: no unknown name that is close to a known field which is missing. */
export function refuseSlips (fields: readonly string[]): (payload: z.core.ParsePayload<Record<string, unknown>>) => void {
  const known = new Set(fields)
  const nearTo = nearnessTo(fields)
  return ({ value, issues }) => {
    for (const name of Object.keys(value)) {
      if (known.has(name)) continue
      const field = nearTo(name).find(field => value[field] === undefined)
      if (field !== undefined) issues.push({ code: 'custom', input: value, path: [name], message: `${field}: no field has the name ${name}` })
    }
  }
}

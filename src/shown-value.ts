/** What a message repeats of a value that somebody gave: never more than a little, however large or deep it is. */

/** Longest value that a message repeats [characters of JSON]. */
const LONGEST_VALUE = 200

/** @returns what is left of `room` characters after the JSON of a value; below 0 as soon as it does not fit */
function roomAfter (value: unknown, room: number): number {
  if (typeof value === 'string') return value.length > room ? -1 : room - JSON.stringify(value).length
  if (typeof value !== 'object' || value === null) return room - (JSON.stringify(value) ?? 'null').length
  room -= 2
  if (room < 0) return room
  // Each level takes room, so that a deep value ends as a long one does.
  if (Array.isArray(value)) {
    for (let k = 0; k < value.length && room >= 0; k++) room = roomAfter(value[k], room - 1)
    return room
  }
  for (const name in value) {
    room = roomAfter((value as Record<string, unknown>)[name], room - name.length - 4)
    if (room < 0) return room
  }
  return room
}

/** A value as it came, null where it is missing; a long one in short. */
export function shownValue (value: unknown): unknown {
  if (roomAfter(value, LONGEST_VALUE) >= 0) return value ?? null
  if (typeof value === 'string') return shownText(value)
  return Array.isArray(value) ? `a list of ${value.length}` : 'a long object'
}

/** The beginning of a text. */
export const shownText = (text: string): string => text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`

/** The same as JSON, for a message. */
export const shownJson = (value: unknown): string => JSON.stringify(value === undefined ? 'missing' : shownValue(value))

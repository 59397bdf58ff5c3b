/** JSON as Python's json.dumps writes it, which brokers do: blanks behind commas and colons, and a bare NaN. */

/** @param notANumber what stands for NaN: json.dumps writes the bare word, which strict readers refuse */
export function pythonJson (value: unknown, notANumber: 'NaN' | 'null' = 'NaN'): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isNaN(value)) return notANumber
  if (Array.isArray(value)) return `[${value.map(item => pythonJson(item, notANumber)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${pythonJson(field, notANumber)}`).join(', ')}}`
  }
  return JSON.stringify(value)
}

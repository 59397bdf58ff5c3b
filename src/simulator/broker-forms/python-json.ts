/** JSON as Python's json.dumps writes it, which brokers do: blanks behind commas and colons, and a bare NaN. */

/** Names of fields in quotes: a light curve has the same ones some thousand times. */
const quoted = new Map<string, string>()

function nameOf (name: string): string {
  let text = quoted.get(name)
  if (text === undefined) quoted.set(name, text = `${JSON.stringify(name)}: `)
  return text
}

/** @param notANumber what stands for NaN: json.dumps writes the bare word, which strict readers refuse */
export function pythonJson (value: unknown, notANumber: 'NaN' | 'null' = 'NaN'): string {
  switch (typeof value) {
    case 'number': return Number.isNaN(value) ? notANumber : `${value}`
    case 'boolean':
    case 'bigint': return `${value}`
    case 'object': break
    default: return JSON.stringify(value)
  }
  if (value === null) return 'null'
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) text += (text === '' ? '' : ', ') + pythonJson(item, notANumber)
    return `[${text}]`
  }
  // Pieces are joined as they come: building lists of them first takes twice as long.
  for (const name of Object.keys(value)) text += (text === '' ? '' : ', ') + nameOf(name) + pythonJson((value as Record<string, unknown>)[name], notANumber)
  return `{${text}}`
}

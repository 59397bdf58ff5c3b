/** The header of an ECSV table: YAML behind '# ' (Astropy Proposal for Enhancement 6). */
import { createRequire } from 'node:module'
import type * as yamlPackage from 'yaml'
import { CandelaError } from '../../errors.ts'

// The 70 modules of YAML are loaded with the first ECSV table.
const require = createRequire(import.meta.url)

export interface EcsvHeader {
  delimiter: string
  /** By the names of columns. */
  units: ReadonlyMap<string, string>
  /** The meta part in words: `key: value`. */
  comments: readonly string[]
}

export const isEcsv = (text: string): boolean => /^(\u00ef\u00bb\u00bf)?# %ECSV /.test(text)

const textOf = (value: unknown): string | undefined => typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
const recordOf = (value: unknown): Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {}

/** Length of the lines of YAML in all [characters]: its parser holds the event loop, a megabyte for a second. */
const MOST_YAML = 2 ** 16

/** @throws CandelaError 'table-invalid' */
export function ecsvHeader (lines: readonly string[]): EcsvHeader {
  const yaml = lines.slice(1).map(line => line.replace(/^# ?/, '')).join('\n').replace(/^---\n/, '')
  const wrong = (what: string, cause?: unknown): CandelaError =>
    new CandelaError('table-invalid', `the header of the ECSV table ${what}`, { cause, action: 'Write the table again, as with astropy: table.write(NAME, format="ascii.ecsv").' })
  if (yaml.length > MOST_YAML) throw wrong(`has more than ${MOST_YAML / 1024} KiB`)
  let header: Record<string, unknown>
  try {
    // Tags of Python are passed over.
    const { parseDocument } = require('yaml') as typeof yamlPackage
    const document = parseDocument(yaml, { logLevel: 'silent', prettyErrors: false, strict: false, uniqueKeys: false })
    const [error] = document.errors
    if (error) throw error
    header = recordOf(document.toJS({ maxAliasCount: 0 }))
  } catch (cause) {
    throw wrong('is no YAML', cause)
  }
  const { delimiter = ' ', datatype, meta } = header
  if (delimiter !== ' ' && delimiter !== ',') throw wrong(`has the delimiter ${JSON.stringify(delimiter)}; ECSV has a blank or a comma`)
  const columns = Array.isArray(datatype) ? datatype.map(recordOf) : []
  const units = new Map(columns.map(({ name, unit }) => [textOf(name) ?? '', textOf(unit) ?? '']))
  const comments = Object.entries(recordOf(meta)).flatMap(([key, value]) => {
    const said = textOf(value)
    return said === undefined ? [] : [`${key}: ${said}`]
  })
  return { delimiter, units, comments }
}

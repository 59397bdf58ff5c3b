/** SNANA's libraries of light curves (LCLIB): magnitudes of single stars by time. */
import { numberRows, readTemplate, templateDamaged } from '../template-files.ts'

export interface LclibEvent {
  number: number
  /** By name, as the library's MODEL_PARNAMES has them. */
  parameters: Readonly<Record<string, number>>
  /** [d], ascending */
  times: Float64Array
  /** [filter][row] [mag] */
  magnitudes: Float64Array[]
}

export interface Lclib {
  /** Letters of the filters, in the order of `magnitudes`. */
  filters: string[]
  events: LclibEvent[]
}

/** What a line 'KEY: value' says. */
const valueOf = (text: string, key: string): string | undefined => new RegExp(`^${key}: *(.*)$`, 'm').exec(text)?.[1]

function eventOf (name: string, text: string, filters: string[], parameterNames: string[]): LclibEvent {
  const number = parseInt(text)
  const damaged = (message: string): never => { throw templateDamaged(name, `event ${number} ${message}`) }
  if (!/^END_EVENT:/m.test(text)) damaged('has no end')
  const values = (valueOf(text, 'PARVAL') ?? '').split(/[\s,]+/).filter(word => word !== '').map(Number)
  if (values.length !== parameterNames.length || !values.every(Number.isFinite)) damaged(`does not give ${parameterNames.length} numbers behind PARVAL`)
  // a line 'T:' is what the template image of a survey sees: the first line in time
  const lines = text.split('\n').filter(line => line.startsWith('S:') || line.startsWith('T:'))
  const rows = numberRows(lines.map(line => line.slice(2)).join('\n'))
  const promised = parseInt(valueOf(text, 'NROW') ?? '')
  if (rows.length !== promised || lines.length !== promised) damaged(`promises ${promised} lines and has ${rows.length} whole ones`)
  if (rows.length < 2 || rows.some((row, k) => row.length !== filters.length + 1 || (k > 0 && row[0]! <= rows[k - 1]![0]!))) {
    damaged(`needs at least two lines of a time and ${filters.length} magnitudes, the times ascending`)
  }
  return {
    number,
    parameters: Object.fromEntries(parameterNames.map((parameter, k) => [parameter, values[k]!])),
    times: Float64Array.from(rows, row => row[0]!),
    magnitudes: filters.map((_, band) => Float64Array.from(rows, row => row[band + 1]!))
  }
}

/**
 * @param name path in the folder of templates
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readLclib (folder: string, name: string): Promise<Lclib> {
  const text = await readTemplate(folder, name)
  const [head, ...events] = text.split(/^START_EVENT: */m)
  const filters = [...valueOf(head!, 'FILTERS')?.trim() ?? '']
  const parameterNames = (valueOf(head!, 'MODEL_PARNAMES') ?? '').split(',').map(word => word.trim().replace(/\.$/, '')).filter(word => word !== '')
  const promised = parseInt(valueOf(head!, 'NEVENT') ?? '')
  if (filters.length === 0 || parameterNames.length === 0) throw templateDamaged(name, 'it does not begin as an LCLIB, with FILTERS and MODEL_PARNAMES')
  if (events.length === 0 || events.length !== promised) throw templateDamaged(name, `it promises ${promised} events and has ${events.length}`)
  return { filters, events: events.map(event => eventOf(name, event, filters, parameterNames)) }
}

/**
 * Schemas that are not legal Avro, as some producers' libraries write them: names with other characters than letters,
 * digits and _, and unions with several maps. Such a schema becomes a legal one under which the same bytes are read: names
 * are not in the bytes, and a record with one field has the bytes of that field.
 */

interface Names {
  /** Illegal names of types → legal ones. */
  types: Map<string, string>
  /** Names that are taken. */
  taken: Set<string>
}
type Node = Readonly<Record<string, unknown>>

const LEGAL = /^[A-Za-z_]\w*$/
/** Types without a name of their own: a union may have each once. */
const UNNAMED: ReadonlySet<string> = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string', 'array', 'map'])
const WRAPPED = 'value'

/** @param schema parsed JSON, within the bounds of bounded-schema.ts @returns a new schema; what is legal stays */
export function tolerantSchema (schema: unknown): unknown {
  const names: Names = { types: new Map(), taken: new Set() }
  collectNames(schema, names)
  return legal(schema, names)
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const legalName = (name: string): string => name.split('.').map(part => LEGAL.test(part) ? part : part.replaceAll(/\W/g, '_').replace(/^(?=\d|$)/, '_')).join('.')

/** @returns a legal name that no other has; it is taken from then on */
function free (name: string, taken: Set<string>): string {
  const wanted = legalName(name)
  let found = wanted
  for (let k = 2; taken.has(found); k++) found = `${wanted}_${k}`
  taken.add(found)
  return found
}

function collectNames (schema: unknown, names: Names): void {
  if (Array.isArray(schema)) for (const branch of schema) collectNames(branch, names)
  if (!isNode(schema)) return
  const { name, type } = schema
  if (typeof name === 'string' && ['record', 'enum', 'fixed', 'error'].includes(String(type)) && !names.types.has(name)) {
    if (legalName(name) === name) names.taken.add(name)
    else names.types.set(name, free(name, names.taken))
  }
  for (const part of [type, schema['fields'], schema['items'], schema['values']]) if (typeof part === 'object') collectNames(part, names)
}

function legal (schema: unknown, names: Names): unknown {
  if (Array.isArray(schema)) return legalUnion(schema, names)
  if (typeof schema === 'string') return names.types.get(schema) ?? schema
  if (!isNode(schema)) return schema
  const { name, fields, symbols, type, items, values } = schema
  return {
    ...schema,
    ...typeof name === 'string' && { name: names.types.get(name) ?? name },
    ...type !== undefined && { type: legal(type, names) },
    ...items !== undefined && { items: legal(items, names) },
    ...values !== undefined && { values: legal(values, names) },
    ...Array.isArray(fields) && { fields: legalFields(fields, names) },
    ...Array.isArray(symbols) && { symbols: legalSymbols(symbols) }
  }
}

function legalFields (fields: readonly unknown[], names: Names): unknown[] {
  const taken = new Set(fields.filter(isNode).map(({ name }) => name).filter((name): name is string => typeof name === 'string' && LEGAL.test(name)))
  return fields.map(field => {
    if (!isNode(field)) return field
    const { name, type } = field
    return { ...field, ...typeof name === 'string' && { name: LEGAL.test(name) ? name : free(name, taken) }, type: legal(type, names) }
  })
}

function legalSymbols (symbols: readonly unknown[]): unknown[] {
  const taken = new Set(symbols.filter((symbol): symbol is string => typeof symbol === 'string' && LEGAL.test(symbol)))
  return symbols.map(symbol => typeof symbol === 'string' && !LEGAL.test(symbol) ? free(symbol, taken) : symbol)
}

/** The second and each further branch of one unnamed type is wrapped in a record, which has a name. */
function legalUnion (branches: readonly unknown[], names: Names): unknown[] {
  const seen = new Set<string>()
  return branches.map(branch => {
    const type = String(isNode(branch) ? branch['type'] : branch)
    const inside = legal(branch, names)
    if (!UNNAMED.has(type) || !seen.has(type)) {
      seen.add(type)
      return inside
    }
    return { type: 'record', name: free(`${type}_of_union`, names.taken), fields: [{ name: WRAPPED, type: inside }] }
  })
}

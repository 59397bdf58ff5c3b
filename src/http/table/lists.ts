/** Lists in the form that a client asks for: JSON, CSV or VOTable; all fields of their rows, or some. */
import accepts from 'accepts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Column, Row } from './columns.ts'
import { csvOf } from './csv.ts'
import { votableOf } from './votable.ts'

export const FORMATS = ['json', 'csv', 'votable'] as const
export type Format = typeof FORMATS[number]

/** What Accept may name for each; the first is what is answered. */
const mediaTypes = {
  json: ['application/json'],
  csv: ['text/csv'],
  votable: ['application/x-votable+xml', 'text/xml', 'application/xml']
} as const satisfies Record<Format, readonly string[]>

const formatOf: Readonly<Record<string, Format>> = Object.fromEntries(FORMATS.flatMap(format => mediaTypes[format].map(type => [type, format])))

/** Of a row, or of an object: a parameter that names the fields that are wanted. */
export function fieldsOf (row: z.ZodObject) {
  const names = Object.keys(row.shape)
  const split = (given: unknown): unknown => [...new Set([given].flat().flatMap(part => typeof part === 'string' ? part.split(',') : [part]))]
  return z.preprocess(split, z.array(z.enum(names, { error: `one of ${names.join(', ')}` })).min(1)).optional()
    .describe('Only these fields, with a comma between them, or the parameter repeated; all where not given')
}

/** The parameters of a list with rows of this schema. */
export const listParameters = (row: z.ZodObject) => ({
  fields: fieldsOf(row),
  format: z.enum(FORMATS, { error: `one of ${FORMATS.join(', ')}` }).optional().describe('Form of the answer; stands above Accept (application/json, text/csv, application/x-votable+xml)')
})

/** An object with all of its fields, or with those that `fields` names. */
export function wholeOrPart (schema: z.ZodObject) {
  const { id } = schema.meta() ?? {}
  return z.union([schema, schema.partial().meta({ ...id !== undefined && { id: `${id}Fields` }, description: 'The fields that `fields` names' })])
}

export function picked (row: Row, fields: readonly string[] | undefined): Row {
  return fields === undefined ? row : Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name)))
}

/** The 200 of a list: `schema` is that of JSON. */
export function listAnswer<Schema extends z.ZodType> (description: string, schema: Schema) {
  return {
    200: {
      description,
      content: {
        [mediaTypes.json[0]]: { schema },
        [mediaTypes.csv[0]]: { schema: z.string().describe('RFC 4180, with a line of names; an empty cell is null') },
        [mediaTypes.votable[0]]: { schema: z.string().describe('VOTable 1.4 with units and UCDs') }
      }
    }
  } as const
}

export interface List<Item extends object> {
  /** Of the table, and of the file that a browser saves. */
  name: string
  description: string
  columns: readonly Column[]
  rows: readonly Item[]
  /** As asked for. */
  fields: readonly string[] | undefined
  format: Format | undefined
  /** The JSON with the rows in it. */
  json: (rows: Row[]) => object
  /** What holds for the whole list, by name; JSON has it from `json`. */
  facts?: Readonly<Record<string, string>>
  /** Of the next page, where lists have pages and this one is not the last. */
  nextCursor?: string | null
}

function accepted (request: FastifyRequest): Format {
  const type = accepts(request.raw).types(Object.keys(formatOf))
  return typeof type === 'string' ? formatOf[type]! : 'json'
}

/** Adds to the names of request headers that the answer depends on. */
function varyBy (reply: FastifyReply, header: string): void {
  const given = reply.getHeader('vary')
  reply.header('vary', given === undefined ? header : `${String(given)}, ${header}`)
}

/** Where the next page is, relative to this one. */
function nextPage (request: FastifyRequest, cursor: string): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  query.set('cursor', cursor)
  return `<?${query}>; rel="next"`
}

/** @returns what a handler returns: JSON as an object that the route's schema checks, other forms as text */
export function listed<Item extends object> (request: FastifyRequest, reply: FastifyReply, list: List<Item>): unknown {
  const { name, description, fields, nextCursor = null, facts = {}, format = accepted(request) } = list
  varyBy(reply, 'accept')
  if (nextCursor !== null) reply.header('link', nextPage(request, nextCursor))
  const rows = list.rows as readonly Row[]
  if (format === 'json') return list.json(rows.map(item => picked(item, fields)))
  const columns = fields === undefined ? list.columns : fields.flatMap(name => list.columns.find(column => column.name === name) ?? [])
  const text = format === 'csv'
    ? csvOf(columns, rows)
    : votableOf(columns, rows, { name, description, facts: { ...facts, ...nextCursor !== null && { nextCursor } }, more: nextCursor !== null })
  return reply.type(`${mediaTypes[format][0]}; charset=utf-8`).header('content-disposition', `inline; filename="${name}.${format === 'csv' ? 'csv' : 'vot'}"`).send(text)
}

/** Lists in the form that a client asks for: JSON, CSV or VOTable; all fields of their rows, or some. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { mediaTypeOf, preferredForm } from '../negotiation.ts'
import { columnsOfField, type Column, type Row } from './columns.ts'
import { csvOf } from './csv.ts'
import { votableOf } from './votable.ts'

export const FORMATS = ['json', 'csv', 'votable'] as const
export type Format = typeof FORMATS[number]

/** What Accept may name for each format, with the parameters of these forms; the first is sent. */
const mediaTypes = {
  json: ['application/json;charset=utf-8'],
  csv: ['text/csv;charset=utf-8;header=present'],
  votable: ['application/x-votable+xml;charset=utf-8;serialization=tabledata', ...['text/xml', 'application/xml'].map(type => `${type};charset=utf-8;content=x-votable`)]
} as const satisfies Record<Format, readonly string[]>

const formatOf: Readonly<Record<string, Format>> = Object.fromEntries(FORMATS.flatMap(format => mediaTypes[format].map(type => [type, format])))

/** Of a list, for its route's `config`. */
export const LIST_FORMS = { offers: Object.keys(formatOf) }

/** `a,b`, or the parameter repeated, as a list in which nothing is twice. */
export const commaSeparated = (given: unknown): unknown => [...new Set([given].flat().flatMap(part => typeof part === 'string' ? part.split(',') : [part]))]

/** Of a row, or of an object: a parameter that names the fields that are wanted. */
export function fieldsOf (row: z.ZodObject) {
  const names = Object.keys(row.shape)
  return z.preprocess(commaSeparated, z.array(z.enum(names, { error: `one of ${names.join(', ')}` })).min(1)).optional()
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

export function withFields (row: Row, fields: readonly string[] | undefined): Row {
  return fields === undefined ? row : Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name)))
}

const votable = z.string().describe('VOTable 1.4 with units and UCDs')

/** The 200 of a list: `schema` is that of JSON. */
export function listAnswer<Schema extends z.ZodType> (description: string, schema: Schema) {
  return {
    200: {
      description,
      content: {
        'application/json': { schema },
        'text/csv': { schema: z.string().describe('RFC 4180, with a line of names; an empty cell is null') },
        'application/x-votable+xml': { schema: votable },
        'text/xml': { schema: votable },
        'application/xml': { schema: votable }
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

/** Where the next page is, relative to this one. */
function nextPage (request: FastifyRequest, cursor: string): string {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  query.set('cursor', cursor)
  return `<?${query}>; rel="next"`
}

/** @returns what a handler returns: JSON as an object that the route's schema checks, other forms as text */
export function sendList<Item extends object> (request: FastifyRequest, reply: FastifyReply, list: List<Item>): unknown {
  const { name, description, fields, nextCursor = null, facts = {} } = list
  const form = list.format === undefined ? preferredForm(request.headers.accept, LIST_FORMS.offers) ?? mediaTypes.json[0] : mediaTypes[list.format][0]
  const format = formatOf[form]!
  if (nextCursor !== null) reply.header('link', nextPage(request, nextCursor))
  const rows = list.rows as readonly Row[]
  if (format === 'json') return list.json(rows.map(item => withFields(item, fields)))
  const columns = fields === undefined ? list.columns : fields.flatMap(name => columnsOfField(list.columns, name))
  const text = format === 'csv'
    ? csvOf(columns, rows)
    : votableOf(columns, rows, { name, description, facts: { ...facts, ...nextCursor !== null && { nextCursor } }, more: nextCursor !== null })
  return reply.type(`${mediaTypeOf(form)}; charset=utf-8`).header('content-disposition', `inline; filename="${name}.${format === 'csv' ? 'csv' : 'vot'}"`).send(text)
}

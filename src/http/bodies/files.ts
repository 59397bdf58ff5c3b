/** Bodies that are files: one as it is, or several as the parts of a form. The bytes decide what a file is, not the Content-Type. */
import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { OBJECT_ID } from '../../alert/alert.ts'
import type { Given } from '../../alert/given.ts'
import { parseColumns } from '../../alert/table/given-columns.ts'
import { objectOfFile } from '../../alert/table/light-curves.ts'
import { CandelaError } from '../../errors.ts'
import { isMultipart, partsOf } from './multipart.ts'
import { BodyTooLarge, wholeBody } from './pieces.ts'
import { numberBetween } from '../schemas.ts'

export interface BodyFile {
  /** Null where the body is the file. */
  name: string | null
  bytes: Buffer
}
export interface BodyFiles {
  files: readonly BodyFile[]
  /** The part named `schema`. */
  writerSchema: string | null
}

/** Media types of files, beside JSON and Avro, for the documentation. */
export const FILE_TYPES = ['multipart/form-data', 'text/csv', 'application/x-votable+xml', 'application/fits', 'text/plain'] as const

/** Of the requests whose Content-Type was taken off. */
const forms = new WeakMap<IncomingMessage, string>()

/** Without this hook a Content-Type that cannot be parsed would be a 415. */
export async function filesOf ({ raw }: FastifyRequest): Promise<void> {
  const contentType = raw.headers['content-type']
  if (isMultipart(contentType)) forms.set(raw, contentType)
  delete raw.headers['content-type']
}

/** The parser of such bodies. @throws BodyTooLarge, CandelaError 'multipart-invalid' */
export async function readFiles ({ raw, routeOptions, headers }: FastifyRequest, payload: IncomingMessage): Promise<BodyFiles> {
  if (Number(headers['content-length']) > routeOptions.bodyLimit) throw new BodyTooLarge(routeOptions.bodyLimit)
  const body = await wholeBody(payload, routeOptions.bodyLimit)
  return await filesIn(body, forms.get(raw) ?? headers['content-type'])
}

export async function filesIn (body: Buffer, contentType: string | undefined): Promise<BodyFiles> {
  if (!isMultipart(contentType)) return { files: [{ name: null, bytes: body }], writerSchema: null }
  const parts = await partsOf(body, contentType)
  return {
    files: parts.filter(({ name }) => name !== 'schema').map(({ name, fileName, bytes }) => ({ name: fileName ?? name, bytes })),
    writerSchema: parts.find(({ name }) => name === 'schema')?.bytes.toString() ?? null
  }
}

function isColumns (text: string, context: z.RefinementCtx): void {
  try {
    parseColumns(text)
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    context.addIssue({ code: 'custom', message: `KEY=COLUMN with commas in between: ${error.message}` })
  }
}

const idExpected = '1 to 64 of A-Z a-z 0-9 _ -'

/** What a query says of files. */
export const givenFields = {
  columns: z.string().superRefine(isColumns).optional().describe('What the columns of tables are, where their names do not say it: time=mjd,band=filter,mag=m,magerr=dm,timescale=utc (docs/alerts.md)'),
  object: z.string().regex(OBJECT_ID, idExpected).optional().describe('Object of light curves that name none; the name of the file in a form without it'),
  minReliability: numberBetween(0, 1, 'a number from 0 to 1').optional().describe('Leave out sources with a lower real–bogus score; the survey\'s own bound where not given: 0.1 for LSST, 0 for ZTF')
}

export interface GivenInQuery {
  columns?: string | undefined
  object?: string | undefined
  minReliability?: number | undefined
}

export function givenOf ({ columns, object, minReliability }: GivenInQuery, { name }: BodyFile, writerSchema: string | null): Given {
  const ofFile = object ?? (name === null ? '' : objectOfFile(name))
  return { ...columns !== undefined && { columns: parseColumns(columns) }, ...ofFile !== '' && { object: ofFile }, ...writerSchema !== null && { writerSchema }, ...minReliability !== undefined && { minReliability } }
}

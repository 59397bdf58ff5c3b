/** Class shares from files: the tables that come with Candela, and those of users. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CandelaError, messageOf } from '../errors.ts'
import type { ClassShares, ModelClass } from './classes.ts'

const rising = (numbers: readonly number[]): boolean => numbers.every((number, k) => k === 0 || numbers[k - 1]! < number)
const detectionsSchema = z.array(z.number().min(1)).min(1).refine(rising, 'must rise').readonly()
const shareSchema = z.number().positive()
const sumOf = (row: readonly number[]): number => row.reduce((sum, share) => sum + share, 0)

/**
 * As a model holds them, the shares in the order of its classes.
 * @param tolerance how far from 1 a row may sum
 */
export const classSharesSchema = (tolerance: number) => z.strictObject({
  name: z.string().min(1).max(200),
  detections: detectionsSchema,
  shares: z.array(z.array(shareSchema).refine(row => Math.abs(sumOf(row) - 1) <= tolerance, 'must sum to 1').readonly()).min(1).readonly()
}).refine(({ detections, shares }) => detections.length === shares.length, 'as many rows of shares as numbers of detections')

/** As a file holds them, by class. */
const fileSchema = z.strictObject({
  name: z.string().min(1).max(200),
  about: z.string().optional(),
  command: z.string().optional(),
  survey: z.string().optional(),
  source: z.string().optional(),
  detections: detectionsSchema,
  shares: z.record(z.string(), z.array(shareSchema))
})

/** How far from 1 the shares at a number of detections may sum in a file, which may round them. */
const FILE_TOLERANCE = 1e-3

const invalid = (where: string, message: string, options: { value?: unknown, cause?: unknown } = {}): CandelaError =>
  new CandelaError('class-shares-invalid', `class shares in ${where}: ${message}`, {
    ...options, action: 'Give for each class of the model as many shares above 0 as there are numbers of detections; at each of them all classes sum to 1.'
  })

/**
 * @param record {name, about?, command?, survey?, source?, detections: [numbers], shares: {class: [a share for each number]}}
 * @param where in words, for errors
 * @throws CandelaError `class-shares-invalid`
 */
export function sharesOf (record: unknown, classes: readonly ModelClass[], where = 'a record'): ClassShares {
  const parsed = fileSchema.safeParse(record)
  if (!parsed.success) throw invalid(where, z.prettifyError(parsed.error).replaceAll('\n', '; '), { cause: parsed.error })
  const { name, detections, shares } = parsed.data
  const names = classes.map(({ name }) => name)
  const unknown = Object.keys(shares).filter(one => !names.includes(one))
  if (unknown.length > 0) throw invalid(where, `the model has no class ${unknown.join(', ')}; its classes are ${names.join(', ')}`, { value: unknown })
  const missing = names.filter(one => !Object.hasOwn(shares, one))
  if (missing.length > 0) throw invalid(where, `no shares of ${missing.join(', ')}`, { value: missing })
  const wrong = names.find(one => shares[one]!.length !== detections.length)
  if (wrong !== undefined) throw invalid(where, `${shares[wrong]!.length} shares of ${wrong} at ${detections.length} numbers of detections`, { value: shares[wrong]!.length })
  const rows = detections.map((count, k) => {
    const row = names.map(one => shares[one]![k]!)
    const sum = sumOf(row)
    if (Math.abs(sum - 1) > FILE_TOLERANCE) throw invalid(where, `the shares at ${count} detections sum to ${sum}, and not to 1`, { value: sum })
    return row.map(share => share / sum)
  })
  return { name, detections, shares: rows }
}

/** @throws CandelaError `class-shares-unreadable`, `class-shares-invalid` */
export function readClassShares (path: string, classes: readonly ModelClass[]): ClassShares {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CandelaError('class-shares-unreadable', `class shares in ${path} cannot be read: ${messageOf(cause)}`, {
      cause, value: path, action: `Give one of ${NAMED.join(', ')}, or the path of a JSON file.`
    })
  }
  let record: unknown
  try {
    record = JSON.parse(text)
  } catch (cause) {
    throw invalid(path, `not JSON: ${messageOf(cause)}`, { cause })
  }
  return sharesOf(record, classes, path)
}

/** The shares that an object's probabilities are for; null for those of the training. */
export type SharesOfObject = (diaObjectId: string) => ClassShares | null

const SURVEYS = ['lsst', 'ztf'] as const
type Survey = typeof SURVEYS[number]
const NAMED = ['training', 'survey', ...SURVEYS]

/** The tables that come with Candela. */
const SHIPPED_SHARES = fileURLToPath(new URL('../../shares', import.meta.url))

/** ZTF names its objects as ZTF18aabcdef; all other ids are taken for LSST's. */
const surveyOf = (diaObjectId: string): Survey => /^ZTF\d{2}[a-z]{7}$/.test(diaObjectId) ? 'ztf' : 'lsst'

/**
 * @param setting `training`; `survey`: by the form of the object's id; `lsst` or `ztf`: a table that comes with Candela; else
 *   the path of a file
 * @param model without classes it has no shares, whatever the setting
 * @param folder of the surveys' tables
 * @throws CandelaError `class-shares-unreadable`, `class-shares-invalid`
 */
export function loadClassShares (setting: string, { classes }: { classes: readonly ModelClass[] | null }, folder = SHIPPED_SHARES): SharesOfObject {
  if (classes === null || setting === 'training') return () => null
  const ofSurvey = (survey: Survey): ClassShares => readClassShares(join(folder, `${survey}.json`), classes)
  if (setting === 'survey') {
    const tables: Readonly<Record<Survey, ClassShares>> = { lsst: ofSurvey('lsst'), ztf: ofSurvey('ztf') }
    return diaObjectId => tables[surveyOf(diaObjectId)]
  }
  const survey = SURVEYS.find(one => one === setting)
  const shares = survey ? ofSurvey(survey) : readClassShares(setting, classes)
  return () => shares
}

/** All tables that a setting uses; none where it is that of the training. */
export const sharesInUse = (sharesOf: SharesOfObject): ClassShares[] =>
  [...new Set(['', 'ZTF18abcdefg'].map(sharesOf))].filter(shares => shares !== null)

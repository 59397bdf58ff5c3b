/** What a source says of the service that is asked for light curves: the key `followUp` in a file of sources. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { SERVICES, type ServiceName } from '../../../../alert/announcement.ts'
import { CandelaError, reasonIn, UsageError } from '../../../../errors.ts'
import { isPlainUrl } from '../../../../setting-rules.ts'

const between = (least: number, most: number) => z.number({ error: `a number from ${least} to ${most} is expected` }).min(least, `a number from ${least} to ${most} is expected`).max(most, `a number from ${least} to ${most} is expected`)
const whole = (least: number, most: number) => between(least, most).refine(Number.isInteger, 'a whole number is expected')

const isPublic = (url: string): boolean => isPlainUrl(url) && url !== '' && !new URL(url).username && !new URL(url).password

export const followUpSchema = z.strictObject({
  service: z.enum(SERVICES, { error: `one of ${SERVICES.join(', ')} is expected` }),
  url: z.string({ error: 'a URL is expected' }).refine(isPublic, 'not a URL that begins with http:// or https://, without a user and a query').optional(),
  token: z.string({ error: 'a text is expected' }).regex(/^[\x21-\x7e]*$/, 'letters, digits and signs without blanks are expected').optional(),
  tokenFile: z.string({ error: 'a path is expected' }).optional(),
  concurrency: whole(1, 64).optional(),
  perSecond: between(0.001, 1000).optional(),
  timeoutSeconds: between(0.1, 600).optional(),
  retries: whole(0, 10).optional(),
  cacheSeconds: between(0, 604_800).optional()
}, { error: 'an object is expected' })
export type GivenFollowUp = z.output<typeof followUpSchema>

export interface FollowUpSettings {
  service: ServiceName
  /** Base of the service's addresses, without a slash at its end; undefined for the public ones. */
  url: string | undefined
  /** '' for none. */
  token: string
  /** Requests under way at the same time. */
  concurrency: number
  /** Requests that begin in a second. */
  perSecond: number
  /** For one try, to the last byte of the answer. */
  timeoutSeconds: number
  /** Further tries after the first. */
  retries: number
  /** A light curve is kept for so long, and given again where its object is announced again; 0 keeps none. */
  cacheSeconds: number
}

export const FOLLOW_UP_DEFAULTS = { concurrency: 4, perSecond: 5, timeoutSeconds: 30, retries: 3, cacheSeconds: 3600 } as const

/** Services that answer to nobody without a token. */
const NEED_TOKEN: readonly ServiceName[] = ['lasair']

/**
 * @param where for errors
 * @throws UsageError where the token is missing or given twice; CandelaError 'file-unreadable'
 */
export function followUpOf (given: GivenFollowUp, where: string): FollowUpSettings {
  const { service, url, token = '', tokenFile = '' } = given
  const misfit = (what: string, action: string): UsageError => new UsageError(`${where} followUp ${what}`, { value: service, action })
  if (token !== '' && tokenFile !== '') throw misfit('has a token, and a tokenFile too', 'Give one of them.')
  const found = tokenFile === '' ? token : contentOf(tokenFile, `${where} followUp.tokenFile`).trim()
  if (found === '' && NEED_TOKEN.includes(service)) throw misfit(`has no token: ${service} answers to nobody without one`, 'Give token, or tokenFile with the path of a file that holds it.')
  if (!/^[\x21-\x7e]*$/.test(found)) throw misfit('tokenFile holds no token', 'Write the token alone, on one line.')
  const or = <Key extends keyof typeof FOLLOW_UP_DEFAULTS>(key: Key): number => given[key] ?? FOLLOW_UP_DEFAULTS[key]
  return {
    service,
    url: url?.replace(/\/+$/, ''),
    token: found,
    concurrency: or('concurrency'),
    perSecond: or('perSecond'),
    timeoutSeconds: or('timeoutSeconds'),
    retries: or('retries'),
    cacheSeconds: or('cacheSeconds')
  }
}

function contentOf (path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CandelaError('file-unreadable', `${what}: ${path} cannot be read: ${reasonIn(cause)}`, { value: path, cause, action: 'Check the file and its permissions.' })
  }
}

/** What a setting consists of, and the checks that several settings share. */
import { z } from 'zod'
import { BANDS, type Band } from './alert/alert.ts'
import { shownJson } from './shown-value.ts'

/** A number, or one written in digits: '', null, true and 0x50 are none. */
export const number = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/).transform(Number)], { error: 'a number is expected' })

export const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')], { error: 'true or false is expected' })

/** '' or an address of the web without anything behind its path; user:password in it can be decoded. */
export function isPlainUrl (value: string): boolean {
  if (value === '') return true
  try {
    const { protocol, username, password, search, hash } = new URL(value)
    decodeURIComponent(username + password)
    return /^https?:$/.test(protocol) && search === '' && hash === ''
  } catch {
    return false
  }
}

const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i

function sourceOf (word: string): string | null {
  if (word === 'self') return "'self'"
  return ORIGIN.test(word) ? word.toLowerCase() : null
}

/** 'none', '*', or 'self' and origins with commas between, as a list of sources for frame-ancestors of a Content-Security-Policy. */
export const frameAncestors = z.string().transform((value, context): string => {
  const words = value.split(',').map(word => word.trim())
  if (words.length === 1 && words[0] === 'none') return "'none'"
  if (words.length === 1 && words[0] === '*') return '*'
  const sources = words.map(sourceOf)
  const wrong = words.find((_, place) => sources[place] === null)
  if (wrong === undefined) return sources.join(' ')
  context.addIssue({ code: 'custom', message: `${JSON.stringify(wrong)} is no origin` })
  return z.NEVER
})

/** '' for none, `*`, or origins of the web with commas between them. */
export const corsOrigins = z.string().transform((text, context): '*' | string[] => {
  if (text === '*') return text
  const origins = text.split(',').map(one => one.trim()).filter(one => one !== '')
  const wrong = origins.find(one => !URL.canParse(one) || new URL(one).origin !== one)
  if (wrong !== undefined) context.addIssue(`${wrong} is no origin: scheme, host and, where it is not the usual one, port, such as https://example.org`)
  return origins
})

/** '' or NAME=band with commas between, where band is one of LSST's or none: filters by the names that senders give them. */
export const bandNames = z.string().transform((text, context): ReadonlyMap<string, Band | null> => {
  const names = new Map<string, Band | null>()
  for (const one of text.split(',').map(one => one.trim()).filter(one => one !== '')) {
    const at = one.lastIndexOf('=')
    const band = BANDS.find(band => band === one.slice(at + 1))
    if (at < 1 || (band === undefined && one.slice(at + 1) !== 'none')) {
      context.addIssue({ code: 'custom', message: `${JSON.stringify(one)} is not NAME=band with a band of ${BANDS.join(' ')} or none` })
      return z.NEVER
    }
    names.set(one.slice(0, at), band ?? null)
  }
  return names
})

const HOST = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i

/** '' for none, `*` for all, or names of hosts with commas between them, `*.` before a name for all below it. */
export const hostNames = z.string().transform((text, context): string[] => {
  const names = text.split(',').map(one => one.trim().toLowerCase()).filter(one => one !== '')
  const wrong = names.find(one => one !== '*' && !HOST.test(one))
  if (wrong !== undefined) context.addIssue(`${wrong} is no name of a host: candela.example.org, *.example.org or *, without scheme and port`)
  return names
})

/** What of a value that may hold a password can be shown. */
export const withoutCredentials = (value: unknown): string => typeof value === 'string' ? shownJson(value.replace(/^.*@/s, '…@')) : notShown()

export const notShown = (): string => '(not shown)'

export interface SettingRule {
  schema: z.ZodType
  initial: string | number
  variable: string
  about: string
  /** How a wrong value is shown, where it may hold a secret. */
  shown?: (value: unknown) => string
  /** No flag: other users of the machine see command lines. */
  secret?: boolean
}

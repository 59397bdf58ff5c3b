/** API tokens: a folder with one small file for each token, which holds the token's hash and never the token itself. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from '../../durable-files.ts'
import { CandelaError } from '../../errors.ts'

/** What a token allows; each scope includes those before it. */
export const SCOPES = ['read', 'write', 'admin'] as const
export type Scope = typeof SCOPES[number]

export const allows = (has: Scope, wants: Scope): boolean => SCOPES.indexOf(has) >= SCOPES.indexOf(wants)

const tokenFileSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  name: z.string().min(1).max(100),
  scope: z.enum(SCOPES),
  /** SHA-256 of the token: a token has 256 random bits, so that no slow hash is needed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable()
})
export type StoredToken = z.output<typeof tokenFileSchema>

const TOKEN = /^candela_([0-9a-f]{12})_[\w-]{43}$/
const FILE = /^[0-9a-f]{12}\.json$/

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The check of a token that came with a request. */
export type TokenCheck = { token: StoredToken } | { refused: 'token-invalid' | 'token-expired' | 'token-revoked' }

export interface TokenFolder {
  /**
   * @param expiresAt [ms since 1970, UTC], null for never
   * @returns the token, which is shown this once, and what is kept of it
   */
  create (name: string, scope: Scope, expiresAt: number | null): { token: string, stored: StoredToken }
  /** Oldest first, the revoked ones too. */
  list (): StoredToken[]
  /**
   * @param idOrName of one token that is not revoked
   * @throws CandelaError `token-not-found`, `token-ambiguous`
   */
  revoke (idOrName: string): StoredToken
  /** Reads the token's file each time, so that creation and revocation count at once. */
  check (token: string): TokenCheck
}

/**
 * @param folder made at the first token; only its owner can read it
 * @param now [ms since 1970, UTC]
 */
export function openTokenFolder (folder: string, now: () => number = Date.now): TokenFolder {
  const pathOf = (id: string): string => join(folder, `${id}.json`)

  function read (id: string): StoredToken | undefined {
    let text: string
    try {
      text = readFileSync(pathOf(id), 'utf8')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new CandelaError('token-unreadable', `The token file ${pathOf(id)} cannot be read.`, { cause, value: pathOf(id) })
    }
    try {
      return tokenFileSchema.parse(JSON.parse(text))
    } catch (cause) {
      throw new CandelaError('token-unreadable', `The token file ${pathOf(id)} is damaged.`, { cause, value: pathOf(id), action: 'Remove it and create a new token.' })
    }
  }

  function list (): StoredToken[] {
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new CandelaError('token-unreadable', `The token folder ${folder} cannot be read.`, { cause, value: folder })
    }
    return names.filter(name => FILE.test(name)).map(name => read(name.slice(0, 12))!)
      .sort((a, b) => a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1)
  }

  return {
    create (name, scope, expiresAt) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const id = randomBytes(6).toString('hex')
      const token = `candela_${id}_${randomBytes(32).toString('base64url')}`
      const stored: StoredToken = tokenFileSchema.parse({
        id,
        name,
        scope,
        sha256: hashOf(token).toString('hex'),
        createdAt: new Date(now()).toISOString(),
        expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        revokedAt: null
      })
      writeFileSync(pathOf(id), `${JSON.stringify(stored)}\n`, { flag: 'wx', mode: 0o600 })
      return { token, stored }
    },
    list,
    revoke (idOrName) {
      const found = list().filter(({ id, name, revokedAt }) => revokedAt === null && (id === idOrName || name === idOrName))
      const [stored, another] = found
      if (!stored) throw new CandelaError('token-not-found', `No token that is not revoked has the id or name ${idOrName}.`, { value: idOrName, action: 'candela tokens list shows them.' })
      if (another) throw new CandelaError('token-ambiguous', `${found.length} tokens have the name ${idOrName}.`, { value: idOrName, action: `Name one by its id: ${found.map(({ id }) => id).join(', ')}.` })
      const revoked = { ...stored, revokedAt: new Date(now()).toISOString() }
      replaceFile(pathOf(stored.id), [Buffer.from(`${JSON.stringify(revoked)}\n`)], { mode: 0o600 })
      return revoked
    },
    check (token) {
      const id = TOKEN.exec(token)?.[1]
      const stored = id === undefined ? undefined : read(id)
      if (!stored || !timingSafeEqual(hashOf(token), Buffer.from(stored.sha256, 'hex'))) return { refused: 'token-invalid' }
      if (stored.revokedAt !== null) return { refused: 'token-revoked' }
      if (stored.expiresAt !== null && Date.parse(stored.expiresAt) <= now()) return { refused: 'token-expired' }
      return { token: stored }
    }
  }
}

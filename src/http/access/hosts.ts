/**
 * The names under which the service answers. A page of another site can point its own name at this machine (DNS rebinding).
 * For the browser its requests then have the same origin, so the browser lets them pass; but they carry that name as Host.
 */
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { CandelaError } from '../../errors.ts'

/** Requests whose Host is remembered as allowed; a service has a few names. */
const MOST_REMEMBERED = 100

/** An authority without user: an address in brackets with or without its zone, or a name, and perhaps a port. */
const AUTHORITY = /^(?:\[([\da-f:.]+)(?:%[\w.~%-]+)?\]|[^\s/?#@\\[\]:]+)(?::\d{0,5})?$/i

/**
 * @param host as it stands in a request, with or without a port
 * @returns the name as it is compared: lower case, without the dot of the root, an address in its usual form; null where
 *   the text is none
 */
export function hostName (host: string): string | null {
  const match = AUTHORITY.exec(host)
  if (!match) return null
  // The URL of an address has no zone.
  const url = `http://${match[1] === undefined ? host : `[${match[1]}]`}`
  if (!URL.canParse(url)) return null
  const { hostname } = new URL(url)
  return hostname.replace(/^\[|\]$|\.$/g, '')
}

export type HostRule = (name: string) => boolean

/**
 * An address is always allowed, since it points nowhere else, and so is localhost; other names need a rule.
 * @param allowed names, `*.example.org` for all below one, `*` for all
 */
export function hostRule (allowed: readonly string[]): HostRule {
  const names = new Set(allowed.filter(rule => !rule.startsWith('*')).map(rule => hostName(rule) ?? rule))
  const endings = allowed.filter(rule => rule.startsWith('*.')).map(rule => rule.slice(1).toLowerCase())
  const all = allowed.includes('*')
  return name => all || isIP(name) > 0 || name === 'localhost' || name.endsWith('.localhost') || names.has(name) || endings.some(ending => name.endsWith(ending))
}

/** A hook for every request, reads too: a request under another name is refused. */
export function refuseOtherHosts (allowed: readonly string[]): (request: FastifyRequest, reply: unknown, done: (error?: Error) => void) => void {
  const rule = hostRule(allowed)
  const remembered = new Set<string>()
  const check = (host: string): CandelaError | undefined => {
    if (remembered.has(host)) return undefined
    const name = hostName(host)
    if (name === null) return new CandelaError('bad-request', 'The Host of the request is no name and no address.', { value: host.slice(0, 200), action: 'Send the name of this service as Host.' })
    if (!rule(name)) return otherHost(name)
    if (remembered.size < MOST_REMEMBERED) remembered.add(host)
    return undefined
  }
  return (request, _reply, done) => {
    const { raw: { headers: { host }, httpVersionMajor, httpVersionMinor, rawHeaders } } = request
    if (host === undefined) {
      // HTTP/1.0 has no Host, and browsers do not speak it.
      const old = httpVersionMajor === 1 && httpVersionMinor === 0
      return done(old ? undefined : new CandelaError('bad-request', 'The request has no Host.', { action: 'Send the name of this service as Host.' }))
    }
    if (rawHeaders.filter((text, place) => place % 2 === 0 && text.toLowerCase() === 'host').length > 1) {
      return done(new CandelaError('bad-request', 'The request has more than one Host.', { action: 'Send one.' }))
    }
    // Also the name under which a trusted proxy was asked: a page can point its name at the proxy as well.
    done(check(host) ?? (request.host === host ? undefined : check(request.host)))
  }
}

const otherHost = (name: string): CandelaError => new CandelaError('host-not-allowed', `This Candela does not answer under the name ${name.slice(0, 200)}.`, {
  value: name.slice(0, 200), action: 'Where the name is one of this service, its operator names it in --http-hosts (CANDELA_HTTP_HOSTS); docs/security.md says why.'
})

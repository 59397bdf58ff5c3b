/** What went wrong, where, and what to do about it. */
export interface CandelaErrorDetails {
  /** The offending value, short enough for a log line. */
  value?: unknown
  /** What the reader can do. */
  action?: string
  /** Whether the same call may succeed later without a change. */
  canRetry?: boolean
  cause?: unknown
}

/** Every error that Candela raises on purpose. `code` is stable and kebab-case; messages may change. */
export class CandelaError extends Error {
  readonly code: string
  readonly value: unknown
  readonly action: string | undefined
  readonly canRetry: boolean

  constructor (code: string, message: string, details: CandelaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'CandelaError'
    this.code = code
    this.value = details.value
    this.action = details.action
    this.canRetry = details.canRetry ?? false
  }
}

/** Bytes that cannot be what they are read as: thrown where the bytes are, told by whoever knows which alert or file they are of. */
export class DamageError extends RangeError {}

/** Of a library's inside, or of a fault of a program: says nothing to whoever sent the bytes. */
const INSIDE = /\b\w+\.[_$]\w+|\bundefined\b(?! type name)|\bis not (?:a function|defined|iterable|a constructor)\b|\bcannot \w+ propert|\[object |\bat \S+:\d+:\d+|node_modules|\b(?:Buffer|U?int\d+Array|DataView|ArrayBuffer)\b|\b(?:ERR|FST|HPE)_/i

/** Longest reason that is repeated [characters]. */
const LONGEST_REASON = 200

/**
 * Why something failed, for a message. What a program's own fault says (a TypeError, a RangeError of V8 or Node) has names
 * of the inside in it: the error itself goes along as `cause`.
 * @param cause what another part, mostly a library, has thrown
 */
export function reasonIn (cause: unknown): string {
  if (cause instanceof DamageError) return cause.message
  const foreign = !(cause instanceof Error) || cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError || cause.name === 'RuntimeError' || INSIDE.test(cause.message) || cause.message === ''
  return foreign ? 'it has another form than it says, or is damaged' : cause.message.slice(0, LONGEST_REASON)
}

/** What an error says, for whoever knows the file or the address that it is about. Where foreign bytes are read: reasonIn. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Why fetch failed: it says only that it did, and has the reason as its cause. */
export function fetchFailure (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, code } = (error.cause ?? error) as { message?: string, code?: string }
  return message || code || error.message
}

/** The same error in other words. */
export const reworded = ({ code, value, action, canRetry, cause }: CandelaError, message: string): CandelaError =>
  new CandelaError(code, message, { value, canRetry, cause, ...action !== undefined && { action } })

/** A wrong flag, setting or argument: the command line ends with exit code 2. */
export class UsageError extends CandelaError {
  constructor (message: string, details: CandelaErrorDetails = {}) {
    super('usage', message, details)
    this.name = 'UsageError'
  }
}

export const withCode = ({ message, code }: CandelaError): string => `${message} [${code}]`

/** A line for a log or a terminal: code, message, what to do. */
export function describeError (error: unknown): string {
  if (error instanceof CandelaError) return `${withCode(error)}${error.action ? `\n  ${error.action}` : ''}`
  return messageOf(error)
}

/** What an error says first; some go on with stacks and advice for others. */
export const firstLine = (error: unknown): string => messageOf(error).split('\n', 1)[0]!.trim()

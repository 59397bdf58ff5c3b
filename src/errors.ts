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
  return error instanceof Error ? error.message : String(error)
}

/** What an error says first; some go on with stacks and advice for others. */
export const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim()

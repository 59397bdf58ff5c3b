/** The kinds of problems that the API answers with: a closed list that only grows. docs/api.md has the same. */

export interface ProblemKind {
  /** HTTP status code. */
  status: number
  /** What it means. */
  about: string
  /** Whether the same request may succeed later without a change. */
  canRetry?: boolean
}

/** By the name behind /problems/; the codes of CandelaError that are meant for the caller are among them. */
export const PROBLEM_KINDS = {
  'invalid-parameter': { status: 400, about: 'A parameter or a field of the body is wrong: `errors` has its name, its value and what was expected' },
  'bad-request': { status: 400, about: 'The request cannot be read: its path cannot be decoded, its JSON is broken' },
  'coding-invalid': { status: 400, about: 'The body is not what its Content-Encoding says: it is damaged or cut off' },
  'multipart-invalid': { status: 400, about: 'The body is not the multipart/form-data that its Content-Type says: it is damaged, cut off, or has too many parts' },
  'alerts-unreadable': { status: 400, about: 'The file cannot be read as alerts or as a light curve: `detail` says where and why' },
  'json-too-deep': { status: 400, about: 'The JSON of the body has more levels than anything that is taken here' },
  'body-empty': { status: 400, about: 'The body has nothing in it' },
  'cursor-mismatch': { status: 400, about: 'The cursor is of a list with other parameters' },
  'cursor-unknown': { status: 400, about: 'The cursor is of another process, or of data that is gone: read the list again from its beginning' },
  'archive-cursor': { status: 400, about: 'The cursor is none of an earlier page of archiving' },
  'token-missing': { status: 401, about: 'The request needs an API token' },
  'token-invalid': { status: 401, about: 'The API token is not known' },
  'token-expired': { status: 401, about: 'The API token has expired' },
  'token-revoked': { status: 401, about: 'The API token was revoked' },
  'scope-missing': { status: 403, about: 'The API token does not allow this' },
  'other-site': { status: 403, about: 'A page of another site may not write' },
  forbidden: { status: 403, about: 'What is at this path is not served' },
  'object-not-found': { status: 404, about: 'No object with this id is kept: it was never seen, or is archived' },
  'model-not-found': { status: 404, about: 'This model is not in use' },
  'dead-letter-not-found': { status: 404, about: 'No dead letter with this number stands' },
  'archive-not-found': { status: 404, about: 'No archive with this name is in the folder' },
  'problem-not-found': { status: 404, about: 'No kind of problem has this name' },
  'route-not-found': { status: 404, about: 'Nothing is served at this path' },
  'method-not-allowed': { status: 405, about: 'The path does not take this method; `Allow` names those that it takes' },
  'not-acceptable': { status: 406, about: 'Accept or Accept-Encoding excludes every form that there is; `available` lists them' },
  'request-timeout': { status: 408, about: 'The request did not come to its end in time', canRetry: true },
  'no-hidden-state': { status: 409, about: 'Nothing of the object has been stepped by the network yet: there is no hidden state to forecast from' },
  'state-of-other-model': { status: 409, about: 'The stored state of the object is of another model than the one in use, and cannot be forecast from' },
  'model-without-decoder': { status: 409, about: 'The model in use has no decoder, and forecasts nothing' },
  'archive-exists': { status: 409, about: 'There is an archive with this name already' },
  'archive-unwritable': { status: 409, about: 'The file system does not take the archive', canRetry: true },
  'archive-unreadable': { status: 409, about: 'The file system does not give the archive', canRetry: true },
  'archive-invalid': { status: 409, about: 'The file is no archive of Candela' },
  'archive-format': { status: 409, about: 'The archive was written in another data format' },
  'archive-damaged': { status: 409, about: 'The archive is cut off or damaged; nothing of it was restored' },
  'body-too-large': { status: 413, about: 'The body is larger than what is taken' },
  'json-too-many-values': { status: 413, about: 'The JSON of the body has more values, or more different names of fields, than one request may bring' },
  'too-many-points': { status: 413, about: 'More photometric points than one request may bring' },
  'path-too-long': { status: 414, about: 'A part of the path is too long' },
  'media-type-not-supported': { status: 415, about: 'The Content-Type is not one that is taken here' },
  'coding-not-supported': { status: 415, about: 'The Content-Encoding is none of those that `Accept-Encoding` names' },
  'expectation-failed': { status: 417, about: 'Of what Expect may ask for there is 100-continue alone' },
  'host-not-allowed': { status: 421, about: 'The service does not answer under the name in Host' },
  'too-many-requests': { status: 429, about: 'More requests than an address or a token may send in a minute', canRetry: true },
  'too-many-streams': { status: 429, about: 'More live streams than an address may have at a time', canRetry: true },
  'head-too-large': { status: 431, about: 'The head of the request, with its path and headers, is larger than what is taken' },
  'client-gone': { status: 499, about: 'The client has left before its answer was there' },
  'internal-error': { status: 500, about: 'An error inside Candela; its log has it under the number of the request' },
  'method-not-implemented': { status: 501, about: 'Nothing here takes this method' },
  'commit-failed': { status: 503, about: 'What was asked for could not be written, as on a full disk; nothing of it was', canRetry: true },
  'not-ready': { status: 503, about: 'The process is starting, or what it needs is away', canRetry: true },
  overloaded: { status: 503, about: 'More work waits than can be done soon', canRetry: true },
  'shutting-down': { status: 503, about: 'The process is ending', canRetry: true }
} as const satisfies Record<string, ProblemKind>

export type ProblemName = keyof typeof PROBLEM_KINDS

export const isProblemName = (name: string): name is ProblemName => Object.hasOwn(PROBLEM_KINDS, name)

export const PROBLEM_TYPES = Object.keys(PROBLEM_KINDS).map(name => `/problems/${name}`) as [`/problems/${ProblemName}`, ...Array<`/problems/${ProblemName}`>]

/** In words, for people. */
export const titleOf = (name: ProblemName): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEAD_LETTER_CODES } from '../../../src/state/dead-letters/codes.ts'
import { DECLINE_REASONS } from '../../../src/state/views.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Errors raised in the folders that alerts go through which end a command or a commit, and no alert. */
const NO_ALERTS = new Set([
  'changelog-damaged', 'changelog-format', 'changelog-replaced', 'dead-letter-invalid', 'kafka-authentication', 'kafka-failed', 'kafka-not-authorised', 'kafka-schema-missing', 'kafka-token-unavailable', 'kafka-topic-differs', 'kafka-topic-unknown', 'kafka-unreachable', 'kafkajs-version', 'output-incomplete', 'output-inconsistent', 'output-unknown', 'partition-unserved',
  'backup-exists', 'backup-unwritable', 'overloaded', 'path-not-found', 'commit-failed', 'data-folder-in-use', 'data-folder-missing', 'data-folder-unusable', 'data-folder-version', 'dead-letter-not-found', 'object-not-found', 'shutting-down', 'structure-damaged',
  'columns-invalid', 'not-a-light-curve', 'unknown-form', 'no-hidden-state', 'state-of-other-model',
  'archive-cursor', 'archive-damaged', 'archive-exists', 'archive-format', 'archive-invalid', 'archive-not-found', 'archive-unreadable', 'archive-unwritable'
])

/** First cells of a table's rows, as code. */
const rowsOf = (markdown: string): string[] => [...markdown.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(match => match[1]!)

test('every error code that alerts can meet is listed, and documented with what to do', () => {
  const files = ['src/alert', 'src/state', 'src/stream'].flatMap(folder => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name)))
  const raised = files.flatMap(path => [...textOf(path).matchAll(/new CandelaError\(\s*'([a-z0-9-]+)'/g)].map(match => match[1]!))
  assert.ok(raised.length > 20)
  const listed = new Set<string>(DEAD_LETTER_CODES)
  const unlisted = [...new Set(raised)].filter(code => !listed.has(code) && !NO_ALERTS.has(code))
  assert.deepEqual(unlisted, [], 'add them to src/state/dead-letters/codes.ts and docs/accounting.md')
  const sources = files.filter(path => path !== 'src/state/dead-letters/codes.ts').map(textOf)
  assert.deepEqual(DEAD_LETTER_CODES.filter(code => !sources.some(text => text.includes(`'${code}'`))), [], 'listed, and raised nowhere')
  assert.deepEqual([...DEAD_LETTER_CODES], [...DEAD_LETTER_CODES].sort())
  const documented = rowsOf(textOf('docs/accounting.md').split('## Codes of dead letters')[1]!)
  assert.deepEqual(documented, [...DEAD_LETTER_CODES])
})

test('every reason to decline an alert is documented', () => {
  assert.deepEqual(rowsOf(textOf('docs/accounting.md').split('| reason |')[1]!.split('\n\n', 1)[0]!).sort(), [...DECLINE_REASONS].sort())
})

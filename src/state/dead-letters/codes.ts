/**
 * Every error code that makes an alert a dead letter; docs/accounting.md says what each means and what to do. Another
 * code is counted under its own name all the same, but a test asks for it to be listed here and there.
 */
export const DEAD_LETTER_CODES = [
  'alert-incomplete', 'alert-invalid', 'alert-missing', 'alert-not-framed', 'alert-not-single', 'alert-truncated', 'answer-is-error',
  'antares-invalid', 'antares-too-large', 'avro-invalid', 'base64-invalid', 'codec-unknown', 'container-damaged', 'container-invalid',
  'container-too-large', 'container-truncated', 'dialect-mismatch', 'dialect-unknown', 'file-unreadable', 'fits-damaged', 'fits-in-archive',
  'follow-up-empty', 'follow-up-failed', 'follow-up-timeout', 'format-not-read', 'head-file-missing', 'internal-error', 'json-invalid',
  'json-too-deep', 'json-too-large', 'json-too-many-values', 'kafka-message-too-large', 'light-curve-elsewhere', 'object-missing',
  'phot-file-missing', 'photometry-invalid', 'record-damaged', 'registry-invalid', 'registry-unreachable', 'schema-changed', 'schema-invalid',
  'schema-not-in-key', 'schema-too-large', 'schema-unknown', 'schema-unreadable', 'schema-unsupported', 'sign-unknown', 'snana-damaged',
  'table-columns-unknown', 'table-invalid', 'table-row-invalid', 'table-too-large', 'test-message', 'too-many-unreadable'
] as const

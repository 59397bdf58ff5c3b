/** The errors that are no fault of the alert: it can be read when the schema registry is well again. */
import { CandelaError } from '../../errors.ts'

const OUTAGES: ReadonlySet<string> = new Set(['registry-unreachable', 'registry-invalid'])

/** Whether an alert should wait, where it can, rather than become a dead letter. */
export const isOutage = (error: unknown): error is CandelaError => error instanceof CandelaError && OUTAGES.has(error.code)

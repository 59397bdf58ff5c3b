/** The dialects in bytes that are neither Avro nor JSON, in the order in which they are tried. */
import type { BytesDialect } from './dialect.ts'
import { antares } from './dialects/antares/antares.ts'

export const BYTES_READERS: readonly BytesDialect[] = [antares]

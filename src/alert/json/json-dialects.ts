/** The dialects in JSON, in the order in which they are tried, and those of tables whose rows are documents of JSON. */
import type { JsonDialect, RowDialect } from '../dialect.ts'
import { alerceLightCurve, alerceRows } from '../dialects/alerce-light-curve.ts'
import { antaresLightCurve } from '../dialects/antares-light-curve.ts'
import { lasair } from '../dialects/lasair.ts'
import { plain } from '../dialects/plain.ts'

/** The plain alert last: a field of another form may have one of its names. */
export const JSON_READERS: readonly JsonDialect[] = [lasair, alerceLightCurve, antaresLightCurve, plain]

export const ROW_READERS: readonly RowDialect[] = [alerceRows]

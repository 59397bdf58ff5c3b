/** The dialects in JSON, in the order in which they are tried, and those of tables whose rows are documents of JSON. */
import type { JsonDialect, RowDialect } from '../dialect.ts'
import { finkAi } from '../dialects/fink/predictions.ts'
import { finkLsstTable } from '../dialects/fink/lsst-table.ts'
import { finkZtfTable } from '../dialects/fink/ztf-table.ts'
import { babamulLsstObject, babamulZtfObject } from '../dialects/babamul/object.ts'
import { alerceLightCurve, alerceRows } from '../dialects/alerce/light-curve.ts'
import { antaresLightCurve } from '../dialects/antares/light-curve.ts'
import { lasair } from '../dialects/lasair/lasair.ts'
import { pittgoogle } from '../dialects/pittgoogle/pittgoogle.ts'
import { plain } from '../dialects/plain.ts'
import { pubsub } from '../dialects/pittgoogle/pubsub.ts'

/** The plain alert last: a field of another form may have one of its names. */
export const JSON_READERS: readonly JsonDialect[] = [lasair, finkAi, pittgoogle, pubsub, babamulLsstObject, babamulZtfObject, alerceLightCurve, antaresLightCurve, plain]

export const ROW_READERS: readonly RowDialect[] = [finkLsstTable, finkZtfTable, alerceRows]

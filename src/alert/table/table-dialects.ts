/** The dialects of tables in files, in the order in which they are tried; any table last. */
import type { TableDialect } from '../dialect.ts'
import { atlas } from '../dialects/tables/atlas.ts'
import { table } from '../dialects/tables/table.ts'
import { ztfForced } from '../dialects/tables/ztf-forced.ts'

export const TABLE_READERS: readonly TableDialect[] = [ztfForced, atlas, table]

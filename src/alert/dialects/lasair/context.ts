/**
 * What Lasair knows of an object beside its fluxes: Sherlock's association with a catalogue, and the registry TNS. A filter
 * has both as columns of its own choice, the object API in `lasairData`.
 */
import { z } from 'zod'
import type { CatalogueClass, HostRedshift, NearestSource } from '../../context/context.ts'
import { looseText, numberAsText } from '../../json/fields.ts'

const sherlockFields = {
  /** SN, NT, ORPHAN, AGN, VS, CV, BS, UNCLEAR; `NULL` and absent where Sherlock found nothing. */
  classification: looseText,
  association_type: looseText,
  /** The catalogue of the associated source. */
  catalogue_table_name: looseText,
  catalogue_object_id: looseText,
  separationArcsec: numberAsText,
  z: numberAsText,
  photoZ: numberAsText,
  photoZErr: numberAsText
}
const tnsFields = { tns_name: looseText, type: looseText, z: numberAsText }

/** Columns of a filter. */
export const associationColumns = { ...sherlockFields, ...tnsFields }

const nested = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).nullish().catch(null)
/** The block `lasairData` of the object API. */
export const lasairData = nested({ ebv: numberAsText, nDiaSources: numberAsText, sherlock: nested(sherlockFields), TNS: nested(tnsFields) })

type Sherlock = z.output<z.ZodObject<typeof sherlockFields>>
type Tns = z.output<z.ZodObject<typeof tnsFields>>
export type Columns = z.output<z.ZodObject<typeof associationColumns>>

export interface Association {
  classes: CatalogueClass[]
  hostRedshifts: HostRedshift[]
  nearest: NearestSource | null
}

/** Classes of what is no galaxy: the redshift that a catalogue has of it is no host's. */
const STELLAR = new Set(['VS', 'CV', 'BS'])

function ofSherlock ({ classification, association_type: association, catalogue_table_name: table, catalogue_object_id: name, separationArcsec, z: spectroscopic, photoZ, photoZErr }: Sherlock): Association {
  const said = [...new Set([classification, association])].filter(one => one !== null && one !== 'NULL') as string[]
  const catalogue = table === null ? 'Sherlock' : `Sherlock (${table})`
  const separation = separationArcsec === null ? {} : { separation: separationArcsec }
  const redshifts: HostRedshift[] = []
  // An error without its redshift has no meaning.
  if (spectroscopic !== null) redshifts.push({ redshift: spectroscopic, redshiftErr: null, kind: 'spectroscopic', catalogue, ...separation })
  if (photoZ !== null) redshifts.push({ redshift: photoZ, redshiftErr: photoZErr, kind: 'photometric', catalogue, ...separation })
  return {
    classes: said.map(one => ({ catalogue: 'Sherlock', class: one, ...name !== null && { name } })),
    hostRedshifts: said.some(one => STELLAR.has(one)) ? [] : redshifts,
    nearest: separationArcsec === null ? null : { catalogue, starScore: null, separation: separationArcsec }
  }
}

/** Labels: kept and shown, and no host facts. */
const ofTns = ({ tns_name: name, type, z: redshift }: Tns): Pick<Association, 'classes' | 'hostRedshifts'> => ({
  classes: name === null && type === null ? [] : [{ catalogue: 'TNS', class: type ?? 'not classified', ...name !== null && { name } }],
  hostRedshifts: redshift === null ? [] : [{ redshift, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }]
})

const together = (sherlock: Association | null, tns: Pick<Association, 'classes' | 'hostRedshifts'> | null): Association => ({
  classes: [...sherlock?.classes ?? [], ...tns?.classes ?? []],
  hostRedshifts: [...sherlock?.hostRedshifts ?? [], ...tns?.hostRedshifts ?? []],
  nearest: sherlock?.nearest ?? null
})

/** Of the object API. */
export const associationOf = (data: z.output<typeof lasairData>): Association => together(data?.sherlock ? ofSherlock(data.sherlock) : null, data?.TNS ? ofTns(data.TNS) : null)

/** Columns that Sherlock's table alone has. */
const SHERLOCK = ['classification', 'association_type', 'catalogue_table_name', 'separationArcsec', 'photoZ', 'photoZErr'] as const

/**
 * Sherlock's table and TNS's each have a column `z`. It is taken for Sherlock's where a filter selects others of that
 * table, and for TNS's, a label, where it does not.
 */
export function associationIn (columns: Columns): Association {
  const isSherlocks = SHERLOCK.some(name => columns[name] !== null)
  return together(ofSherlock({ ...columns, z: isSherlocks ? columns.z : null }), ofTns({ ...columns, z: isSherlocks ? null : columns.z }))
}

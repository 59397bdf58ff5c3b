/** Light curves as the bytes of their rows: what goes from the process that makes them to the one that writes them. */
import type { Band } from '../../alert/alert.ts'
import type { SimulatedLightCurve } from '../light-curves/light-curve.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { SkyClass } from '../sources/source.ts'
import { headLayout, headRows, type HeadRow } from './head-table.ts'
import { photLayout, photRows, type PhotRow } from './phot-table.ts'
import type { TableLayout } from './table-layout.ts'

export interface Layouts { head: TableLayout<HeadRow>, phot: TableLayout<PhotRow> }

export const layoutsOf = (sky: SkyName, bands: readonly Band[], seed: number): Layouts => ({ head: headLayout(sky, bands, seed), phot: photLayout(bands) })

export interface Block {
  /** Of HEAD, PTROBS counted from the first row of `phot`, which is 1. */
  head: Uint8Array<ArrayBuffer>
  phot: Uint8Array<ArrayBuffer>
  objects: Array<{ class: SkyClass, subtype: string, observations: number, parameters: Readonly<Record<string, number>> }>
}

export const blockOf = ({ head, phot }: Layouts, curves: readonly SimulatedLightCurve[]): Block => ({
  head: headRows(head, curves),
  phot: photRows(phot, curves),
  objects: curves.map(({ truth, photometry }) => ({ class: truth.class, subtype: truth.subtype, observations: photometry.mjd.length, parameters: truth.parameters }))
})

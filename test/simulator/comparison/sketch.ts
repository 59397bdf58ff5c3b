/** SNANA text light curves whose numbers are known by construction. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type SketchedPoint = readonly [mjd: number, band: string, fluxcal: number, error: number]

export const snanaText = (snid: string, type: string, points: readonly SketchedPoint[], redshift?: number): string => [
  `SNID: ${snid}`,
  `SIM_COMMENT: SN Type = ${type} , MODEL = sketch`,
  ...redshift === undefined ? [] : [`HOST_GALAXY_PHOTO-Z: ${redshift} +- 0.001`],
  `NOBS: ${points.length}`,
  'VARLIST: MJD FLT FIELD FLUXCAL FLUXCALERR',
  ...points.map(([mjd, band, flux, error]) => `OBS: ${mjd} ${band} NULL ${flux} ${error}`),
  'END:'
].join('\n') + '\n'

/** [FLUXCAL] */
export const fluxOf = (magnitude: number): number => 10 ** (0.4 * (27.5 - magnitude))

/** An outburst every second day in g and r: rises `rise` days to `peak` mag in r, falls by `decline` mag a day; g is fainter by `colour`. */
export function outburst ({ peak = 20, rise = 10, decline = 0.05, colour = 0.3 }: Partial<Record<'peak' | 'rise' | 'decline' | 'colour', number>>): SketchedPoint[] {
  return Array.from({ length: 60 }, (_, k) => k).flatMap(k => {
    const day = 2 * k - rise
    const magnitude = day <= 0 ? peak - 0.1 * day : peak + decline * day
    return (['g', 'r'] as const).map((band): SketchedPoint => [60_000 + 2 * k + (band === 'g' ? 0 : 0.1), band, fluxOf(magnitude + (band === 'g' ? colour : 0)), 5])
  })
}

/** `count` files of a type, each a little other than the one before. */
export function writeSet (folder: string, type: string, count: number, change: Parameters<typeof outburst>[0] = {}, redshift?: number): void {
  mkdirSync(folder, { recursive: true })
  for (let k = 0; k < count; k++) {
    writeFileSync(join(folder, `${type.replace(/\W/g, '')}-${k}.DAT`), snanaText(`${type.replace(/\W/g, '')}-${k}`, type, outburst({ ...change, peak: (change.peak ?? 20) + (k % 10) / 10 }), redshift))
  }
}

/** A small sky by formula: a supernova, a nucleus, a star that varies, a star that flares. */
import { BANDS } from '../../../src/alert/alert.ts'
import type { SkyTable, TableEntry } from '../../../src/simulator/live/sky-table.ts'

const times = (first: number, last: number, n: number): Float64Array => Float64Array.from({ length: n }, (_, k) => first + (last - first) * k / (n - 1))
const inAllBands = (at: Float64Array, flux: (time: number, band: number) => number): Float64Array[] => BANDS.map((_, b) => at.map(time => flux(time, b)))

function entry (rest: Pick<TableEntry, 'class' | 'subtype' | 'redshift' | 'isPersistent' | 'period'>, at: Float64Array, template: number, flux: (time: number, band: number) => number): TableEntry {
  return { ...rest, templateFlux: BANDS.map(() => template), times: at, flux: inAllBands(at, flux) }
}

export const ENTRIES: readonly TableEntry[] = [
  entry({ class: 'Ia', subtype: 'Ia', redshift: 0.2, isPersistent: false, period: null }, times(-40, 100, 60), 500, (time, b) => (6000 + 500 * b) * Math.exp(-((time / (time < 0 ? 12 : 30)) ** 2))),
  entry({ class: 'AGN', subtype: 'AGN', redshift: 0.8, isPersistent: true, period: null }, times(-60, 60, 81), 40_000, time => 4000 * Math.sin(time / 25) - 1000),
  entry({ class: 'RRL', subtype: 'RRab', redshift: null, isPersistent: true, period: 0.6 }, times(0, 0.6, 49), 90_000, time => 30_000 * Math.cos(2 * Math.PI * time / 0.6)),
  entry({ class: 'M-dwarf', subtype: 'M-dwarf', redshift: null, isPersistent: true, period: null }, times(-0.01, 0.3, 40), 5000, (time, b) => time < 0 ? 0 : 50_000 / (1 + b) * Math.exp(-time / 0.04))
]

export const MADE_TABLE: SkyTable = { command: 'a formula', mix: { Ia: 0.4, AGN: 0.2, RRL: 0.2, 'M-dwarf': 0.2 }, activeNights: 70, entries: ENTRIES }

/**
 * The objects that the simulated sky is filled with: light curves without noise in LSST's bands, made by
 * `candela simulate`'s models and shipped as one compact file. docs/simulation.md says how the file is made.
 */
import { readFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { BANDS } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import type { SkyClass } from '../sources/source.ts'

/** One light curve. */
export interface TableEntry {
  class: SkyClass
  subtype: string
  /** Null in the Milky Way. */
  redshift: number | null
  /** A star or a nucleus, which is there before and after. */
  isPersistent: boolean
  /** Of a strictly periodic source [d]; null for others. */
  period: number | null
  /** Light of star, nucleus or host in the template, u g r i z y [nJy]. */
  templateFlux: readonly number[]
  /** From the peak, or from an arbitrary time of a source without one; of a periodic source from 0 to the period [d], ascending. */
  times: Float64Array
  /** Difference flux in u g r i z y, each at all times [nJy]. */
  flux: readonly Float64Array[]
}

export interface SkyTable {
  /** How it was made. */
  command: string
  /** Part of the objects on the sky that each class has; the parts sum to 1, but for rounding. Artefacts have no entries: they are drawn with the visits. */
  mix: Readonly<Partial<Record<SkyClass, number>>>
  /** Nights from the first to the last detection, averaged over all objects that are drawn, seen or not. */
  activeNights: number
  entries: readonly TableEntry[]
}

/** Fluxes lie as asinh(flux / SOFTENING) in steps of 1 / STEPS: 0.05 % of a bright flux, 0.005 nJy of none. */
const SOFTENING = 10
const STEPS = 2000
/** Times lie in this unit [d]; those of a periodic source in parts of its period. */
const TIME_UNIT = 0.002
const PHASE_UNIT = 1 / 65536

interface EntryHeader extends Omit<TableEntry, 'times' | 'flux'> { n: number }
interface TableHeader extends Omit<SkyTable, 'entries'> { entries: EntryHeader[] }

const packed = (flux: number): number => Math.max(-32767, Math.min(32767, Math.round(STEPS * Math.asinh(flux / SOFTENING))))
/** The flux of each step from −32768 on [nJy]. */
const FLUXES = Float64Array.from({ length: 65536 }, (_, k) => SOFTENING * Math.sinh((k - 32768) / STEPS))
const timeUnit = ({ period }: { period: number | null }): number => period === null ? TIME_UNIT : period * PHASE_UNIT

/** Bytes: the header's length, the header as JSON; times as int32 and fluxes as int16, each as its difference from the one before; all compressed. */
export function writeSkyTable ({ entries, ...rest }: SkyTable): Buffer {
  const header: TableHeader = { ...rest, entries: entries.map(({ times, flux, ...facts }) => ({ ...facts, templateFlux: facts.templateFlux.map(value => Number(value.toPrecision(4))), n: times.length })) }
  const text = Buffer.from(JSON.stringify(header))
  const size = entries.reduce((sum, { times }) => sum + times.length * (4 + 2 * BANDS.length), 0)
  const bytes = Buffer.alloc(4 + text.length + size)
  bytes.writeUInt32LE(text.length)
  text.copy(bytes, 4)
  let at = 4 + text.length
  for (const entry of entries) {
    let before = 0
    for (const time of entry.times) {
      const step = Math.round(time / timeUnit(entry))
      at = bytes.writeInt32LE(step - before, at)
      before = step
    }
  }
  for (const { flux } of entries) {
    for (const band of flux) {
      let before = 0
      for (const value of band) {
        const step = packed(value)
        // the difference of two int16 may need 17 bits; its low 16 bits are enough to have the second one back
        at = bytes.writeUInt16LE((step - before) & 0xffff, at)
        before = step
      }
    }
  }
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
}

/** @throws Error where the bytes are no table */
export function readSkyTable (compressed: Uint8Array): SkyTable {
  const bytes = brotliDecompressSync(compressed)
  const length = bytes.readUInt32LE()
  const { entries: headers, ...rest } = JSON.parse(bytes.toString('utf8', 4, 4 + length)) as TableHeader
  let at = 4 + length
  const times = headers.map(header => {
    const [unit, values] = [timeUnit(header), new Float64Array(header.n)]
    let step = 0
    for (let k = 0; k < header.n; k++, at += 4) {
      step += bytes.readInt32LE(at)
      values[k] = step * unit
    }
    return values
  })
  const entries = headers.map(({ n, ...header }, k): TableEntry => ({
    ...header,
    times: times[k]!,
    flux: BANDS.map(() => {
      const values = new Float64Array(n)
      let step = 0
      for (let j = 0; j < n; j++, at += 2) {
        step = (step + bytes.readUInt16LE(at)) << 16 >> 16
        values[j] = FLUXES[step + 32768]!
      }
      return values
    })
  }))
  return { ...rest, entries }
}

const SHIPPED_TABLE = new URL('../../../sky/lsst.bin', import.meta.url)
let shipped: { table: SkyTable, bytes: Buffer } | undefined

/**
 * The table that comes with Candela, read once.
 * @throws CandelaError `sky-table-unreadable`
 */
export function shippedSkyTable (): { table: SkyTable, bytes: Buffer } {
  try {
    if (!shipped) {
      const bytes = readFileSync(SHIPPED_TABLE)
      shipped = { bytes, table: readSkyTable(bytes) }
    }
    return shipped
  } catch (cause) {
    throw new CandelaError('sky-table-unreadable', `the simulated sky cannot be read: ${(cause as Error).message}`, {
      value: SHIPPED_TABLE.pathname, cause, action: 'Install Candela again.'
    })
  }
}

/** Tables of a survey's visits: point, ra, dec [deg], mjd, band, m5 (5σ depth), one visit a line, a point's visits together. */
import type { Band } from '../../alert/alert.ts'
import { readTemplateBytes, templateDamaged } from '../template-files.ts'
import type { Visits } from './visits.ts'

/** One position of the table. */
export interface CadencePoint {
  field: string
  /** [deg] */
  ra: number
  dec: number
  visits: Visits
}

const HEADER = 'point,ra,dec,mjd,band,m5'
const [NEWLINE, COMMA, POINT, MINUS, ZERO] = [10, 44, 46, 45, 48]

/** A decimal number without exponent, from `start` to before `end`; NaN for anything else. */
function decimal (bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const sign = bytes[at] === MINUS ? -1 : 1
  if (sign < 0) at++
  if (at >= end) return NaN
  let [digits, scale] = [0, 1]
  let inFraction = false
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte === POINT && !inFraction) inFraction = true
    else if (byte >= ZERO && byte < ZERO + 10) {
      // beyond 15 digits a double would be rounded at each step
      if (inFraction && scale >= 1e12) continue
      digits = digits * 10 + byte - ZERO
      if (inFraction) scale *= 10
    } else return NaN
  }
  return sign * digits / scale
}

/** Numbers that grow. */
class Growing<T extends Float64Array | Uint8Array> {
  #values: T
  #length = 0
  readonly #make: (length: number) => T

  constructor (make: (length: number) => T) {
    this.#make = make
    this.#values = make(4096)
  }

  push (value: number): void {
    if (this.#length === this.#values.length) {
      const wider = this.#make(2 * this.#length)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.#length++] = value
  }

  take (): T {
    const values = this.#values.slice(0, this.#length) as T
    this.#length = 0
    return values
  }
}

/**
 * Reads a table; 25 MB take about a second, most of it for the decompression.
 * @param bands of the survey, in its order
 * @throws CandelaError `templates-missing`, `templates-unreadable`, `templates-damaged` (no visits, a band that the survey has no passband for, a line that cannot be read)
 */
export async function readCadence (folder: string, name: string, bands: readonly Band[]): Promise<CadencePoint[]> {
  const bytes = await readTemplateBytes(folder, name)
  const headerEnd = bytes.indexOf(NEWLINE)
  const header = bytes.toString('latin1', 0, headerEnd < 0 ? bytes.length : headerEnd).trim()
  if (header !== HEADER) throw templateDamaged(name, `it begins with ${JSON.stringify(header.slice(0, 60))} instead of ${HEADER}`)
  const bandOf = new Int16Array(256).fill(-1)
  bands.forEach((band, k) => { bandOf[band.charCodeAt(0)] = k })

  const points: CadencePoint[] = []
  const [mjd, band, depth] = [new Growing(length => new Float64Array(length)), new Growing(length => new Uint8Array(length)), new Growing(length => new Float64Array(length))]
  let current: Omit<CadencePoint, 'visits'> | undefined
  let [nameStart, nameEnd, last] = [0, 0, -Infinity]
  const finish = () => { if (current) points.push({ ...current, visits: { mjd: mjd.take(), band: band.take(), depth: depth.take() } }) }
  const commas = new Int32Array(5)
  let number = 1
  for (let start = headerEnd + 1; start > 0 && start < bytes.length;) {
    let end = bytes.indexOf(NEWLINE, start)
    if (end < 0) end = bytes.length
    const lineEnd = bytes[end - 1] === 13 ? end - 1 : end
    number++
    if (lineEnd > start) {
      let found = 0
      for (let at = start; at < lineEnd && found < 5; at++) if (bytes[at] === COMMA) commas[found++] = at
      const time = decimal(bytes, commas[2]! + 1, commas[3]!)
      const deep = decimal(bytes, commas[4]! + 1, lineEnd)
      if (found < 5 || !(time > 0) || !(deep > 5 && deep < 35)) throw templateDamaged(name, `line ${number} cannot be read: ${JSON.stringify(bytes.toString('latin1', start, Math.min(lineEnd, start + 100)))}`)
      if (commas[0]! - start !== nameEnd - nameStart || bytes.compare(bytes, nameStart, nameEnd, start, commas[0]!) !== 0) {
        finish()
        const [ra, dec] = [decimal(bytes, commas[0]! + 1, commas[1]!), decimal(bytes, commas[1]! + 1, commas[2]!)]
        if (!(ra >= 0 && ra <= 360 && Math.abs(dec) <= 90)) throw templateDamaged(name, `line ${number} has no position on the sky: ra ${ra}, dec ${dec}`)
        current = { field: bytes.toString('utf8', start, commas[0]!), ra, dec }
        last = -Infinity
      }
      [nameStart, nameEnd] = [start, commas[0]!]
      const index = commas[4]! - commas[3]! === 2 ? bandOf[bytes[commas[3]! + 1]!]! : -1
      if (index < 0) throw templateDamaged(name, `line ${number} has a visit in band ${JSON.stringify(bytes.toString('latin1', commas[3]! + 1, commas[4]!))}, which has no passband; there are ${bands.join(', ')}`)
      if (time < last) throw templateDamaged(name, `line ${number}: the visits of ${current?.field} are not in order of time`)
      last = time
      mjd.push(time)
      band.push(index)
      depth.push(deep)
    }
    start = end + 1
  }
  finish()
  if (points.length === 0) throw templateDamaged(name, 'it is a cadence without visits')
  return points
}

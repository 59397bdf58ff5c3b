/** A folder of alert files as a bad week might leave it: repeats, late nights, damaged files, alerts that decline. */
import { copyFileSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeNights } from '../../src/simulator/live/night-files.ts'
import { plainAlert, plainPoint } from '../fixtures/plain-alerts.ts'

/** Nights of the plan below. */
const EVERY = 8

/** Declined for want of a detection, of an object id, of a band that the model uses; and two lines that are no alerts. */
const PLAIN_LINES = [
  plainAlert({ diaObjectId: 'faint', points: [plainPoint({ psfFlux: 100 })] }),
  plainAlert({ diaObjectId: null }),
  plainAlert({ diaObjectId: 'ultraviolet', points: [plainPoint({ band: 'u' })] }),
  plainAlert({ diaObjectId: 'faint', points: [plainPoint({ midpointMjdTai: 60001 })] }),
  { diaObjectId: 2 }
]

/** @returns the number of alerts that the simulator made; repeats and damaged ones come beside them */
export async function writeAlertFolder (folder: string, { seed, nights, objects }: { seed: number, nights: number, objects: number }): Promise<number> {
  const { alerts } = await writeNights({ seed, activeObjects: objects, startMjdTai: 61_000 }, nights, folder, () => {})
  const files = readdirSync(folder).filter(name => name.endsWith('.avro')).sort()
  files.forEach((name, k) => {
    const path = join(folder, name)
    const beside = (what: string): string => join(folder, name.replace('.avro', what))
    // Names are the order: what is written beside a night comes after it.
    if (k % EVERY === 1) copyFileSync(path, beside('-repeated.avro'))
    else if (k % EVERY === 3 && k + 2 < files.length) renameSync(path, join(folder, files[k + 2]!.replace('.avro', '-late.avro')))
    else if (k % EVERY === 5) writeFileSync(beside('-plain.ndjson'), [...PLAIN_LINES.map(line => JSON.stringify(line)), 'no alert'].join('\n'))
    else if (k % EVERY === 6) damage(path, beside('-damaged.avro'))
    else if (k % EVERY === 7) writeFileSync(beside('-text.avro'), 'no container')
  })
  return alerts
}

/** A copy with a byte turned in its first block, and without its last. */
function damage (path: string, to: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = bytes[at]! ^ 0xff
  writeFileSync(to, bytes)
  truncateSync(to, bytes.length - 20)
}

/** `--data` of `candela evaluate`: each folder, archive or table is a set of its own. */
import { statSync } from 'node:fs'
import { PointReport } from '../../alert/points/point-report.ts'
import { CandelaError, describeError } from '../../errors.ts'
import { describeCounts, type Classes } from '../../training/data/classes.ts'
import { readLabelledObjects, type LabelledObject, type PointsTaken } from '../../training/data/labelled-object.ts'

/** One light curve, or the PHOT half of a pair: they make one set together, however many a shell names. */
const SINGLE = /(\.dat|phot\.fits)(\.(gz|xz|zst|zstd))?$/i

/** The paths of each set. */
export function setsOf (paths: readonly string[]): Map<string, string[]> {
  const sets = new Map<string, string[]>()
  const singles = paths.filter(path => SINGLE.test(path) && !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false))
  for (const path of paths) {
    const name = singles.includes(path) ? singles.length === 1 ? path : 'single files' : path
    sets.set(name, [...sets.get(name) ?? [], path])
  }
  return sets
}

export interface ReadSets {
  /** The `source` of each is the name of its set: its path as given. */
  objects: LabelledObject[]
  /** What was read of the files, in words. */
  files: string[]
  /** Whether a file was passed over; an object that was given before does not count. */
  incomplete: boolean
}

/**
 * Reads every set; what is passed over or left out is said. An object of one set may be in another too.
 * @param once objects that an earlier set has are passed over: the parts of a training hold each object once
 * @throws CandelaError as readLabelledObjects; `no-light-curves` only where no set has any
 */
export async function readSets (paths: readonly string[], points: PointsTaken, classes: Classes | null, once: boolean, say: (message: string) => void): Promise<ReadSets> {
  const read: ReadSets = { objects: [], files: [], incomplete: false }
  const report = new PointReport(say)
  const skipped: Record<string, number> = {}
  let empty: CandelaError | null = null
  const seen = new Set<string>()
  const passOver = (error: CandelaError): void => {
    say(`passed over: ${describeError(error)}`)
    // An object that two sets share was read once.
    if (error.code !== 'object-repeated') read.incomplete = true
  }
  for (const [name, ofSet] of setsOf(paths)) {
    let found: Awaited<ReturnType<typeof readLabelledObjects>>
    try {
      found = await readLabelledObjects(ofSet, points, classes, report)
    } catch (error) {
      if (!(error instanceof CandelaError) || error.code !== 'no-light-curves') throw error
      empty ??= error
      passOver(error)
      continue
    }
    found.passedOver.forEach(passOver)
    for (const [label, count] of Object.entries(found.skipped)) skipped[label] = (skipped[label] ?? 0) + count
    for (const object of found.objects) {
      if (once && seen.has(object.snid)) {
        passOver(new CandelaError('object-repeated', `${name}: object ${object.snid} was given before`, { value: object.snid, action: 'Give each object once.' }))
        continue
      }
      seen.add(object.snid)
      read.objects.push({ ...object, source: name })
    }
    read.files.push(...found.files.parts)
  }
  const leftOut = report.end()
  if (leftOut !== '') say(leftOut)
  if (Object.keys(skipped).length > 0) say(`left out by the classes: ${describeCounts(skipped)}`)
  if (read.objects.length === 0 && empty) throw empty
  return read
}

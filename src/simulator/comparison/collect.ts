/** Light curves below paths → the distributions of each class, in one pass and constant memory. */
import { DETECTION_SNR, magnitudeOfNJy, type PhotometricPoint } from '../../alert/alert.ts'
import { FileTally } from '../../alert/input/tally.ts'
import { readLightCurves } from '../../alert/snana/light-curves.ts'
import type { SnanaLightCurve } from '../../alert/snana/snana.ts'
import { CandelaError } from '../../errors.ts'
import type { SkyClass } from '../sources/source.ts'
import { Distribution } from './distribution.ts'
import { classOfLabels } from './labels.ts'
import { inOrder, measuresOf } from './measure.ts'

/** Which objects and points are compared, on both sides alike. */
export interface Selection {
  /** Points whose |S/N| is smaller are left out: sets without forced photometry hold detections alone. */
  leastSnr: number
  /** Objects that no detection of any band shows brighter are left out [mag]; null: all are compared. */
  brighterThan: number | null
}

/** One class of one side. */
export interface ClassNumbers {
  objects: number
  /** By `keyOf`. */
  distributions: Map<string, Distribution>
}

export interface Side {
  paths: readonly string[]
  classes: Map<SkyClass, ClassNumbers>
  /** Objects by the label that decided their class. */
  labels: Map<string, { class: SkyClass, objects: number }>
  /** Objects by a label whose class is not simulated, or that says too little; by a label of no table. */
  leftOut: Map<string, { reason: string, objects: number }>
  unknown: Map<string, number>
  /** Without a type, without a point that is left by the selection, too faint for it. */
  untyped: number
  empty: number
  faint: number
  files: FileTally
}

export interface Listener {
  onUnreadable: (error: CandelaError) => void
  /** After each light curve. */
  onRead: (read: number) => void
}

export const keyOf = (quantity: string, part: string): string => `${quantity} ${part}`.trimEnd()

/** Different labels that are counted by name; a damaged set could bring any number. */
const MOST_LABELS = 500

/** Adds to a label's count. */
export function count<Value> (map: Map<string, Value>, label: string, begin: Value, add: (value: Value) => Value): void {
  const name = map.has(label) || map.size < MOST_LABELS ? label : 'others'
  map.set(name, add(map.get(name) ?? begin))
}

const isBrighter = (points: readonly PhotometricPoint[], magnitude: number): boolean =>
  points.some(({ psfFlux, psfFluxErr }) => psfFlux > DETECTION_SNR * psfFluxErr && magnitudeOfNJy(psfFlux) < magnitude)

function add (side: Side, curve: SnanaLightCurve, { leastSnr, brighterThan }: Selection): void {
  if (curve.typeLabels.length === 0) {
    side.untyped++
    return
  }
  const labelled = classOfLabels(curve.typeLabels)
  if ('unknown' in labelled) {
    count(side.unknown, labelled.label, 0, n => n + 1)
    return
  }
  if ('leftOut' in labelled) {
    count(side.leftOut, labelled.label, { reason: labelled.leftOut, objects: 0 }, ({ reason, objects }) => ({ reason, objects: objects + 1 }))
    return
  }
  const points = inOrder(curve.points.filter(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) >= leastSnr * psfFluxErr))
  if (points.length === 0) {
    side.empty++
    return
  }
  if (brighterThan !== null && !isBrighter(points, brighterThan)) {
    side.faint++
    return
  }
  count(side.labels, labelled.label, { class: labelled.class, objects: 0 }, ({ class: name, objects }) => ({ class: name, objects: objects + 1 }))
  let numbers = side.classes.get(labelled.class)
  if (numbers === undefined) side.classes.set(labelled.class, numbers = { objects: 0, distributions: new Map() })
  numbers.objects++
  // the redshift of a real object stands where a survey's host redshift stands
  for (const { quantity, part, value } of measuresOf(points, curve.redshift ?? curve.photoZ)) {
    const key = keyOf(quantity, part)
    let distribution = numbers.distributions.get(key)
    if (distribution === undefined) numbers.distributions.set(key, distribution = new Distribution(numbers.distributions.size))
    distribution.add(value)
  }
}

/**
 * @throws CandelaError `path-not-found`, `no-light-curves` where nothing could be used
 */
export async function collect (paths: readonly string[], selection: Selection, { onUnreadable, onRead }: Listener): Promise<Side> {
  const side: Side = {
    paths, classes: new Map(), labels: new Map(), leftOut: new Map(), unknown: new Map(), untyped: 0, empty: 0, faint: 0, files: new FileTally('light curve')
  }
  let read = 0
  let first: CandelaError | undefined
  for await (const item of readLightCurves(paths, { onPassedOver: path => side.files.passedOver(path) })) {
    if ('error' in item) {
      first ??= item.error
      onUnreadable(item.error)
      side.files.notRead(item.error.code)
      continue
    }
    add(side, item.curve, selection)
    onRead(++read)
  }
  if (side.classes.size > 0) return side
  throw new CandelaError('no-light-curves', `no light curve of a known class in ${paths.join(', ')}${read > 0 ? `: ${read} were read; ${lostParts(side).join('; ')}` : ''}`, {
    value: paths.join(' '),
    cause: first,
    action: first?.message ?? 'Give SNANA text files or HEAD/PHOT.FITS pairs of objects of known type, folders or archives of them.'
  })
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([label, objects]) => `'${label}' (${objects})`).join(', ')

/** What was given and is not compared, a sentence each. */
export function lostParts ({ leftOut, unknown, untyped, empty, faint }: Omit<Side, 'classes'>): string[] {
  const byReason = new Map<string, Map<string, number>>()
  for (const [label, { reason, objects }] of leftOut) byReason.set(reason, (byReason.get(reason) ?? new Map<string, number>()).set(label, objects))
  return [
    ...unknown.size > 0 ? [`labels of no class: ${listed(unknown)}`] : [],
    ...[...byReason].map(([reason, counts]) => `left out: ${listed(counts)}, ${reason}`),
    ...untyped > 0 ? [`without a type: ${untyped}`] : [],
    ...empty > 0 ? [`without a point: ${empty}`] : [],
    ...faint > 0 ? [`too faint for --brighter-than: ${faint}`] : []
  ]
}

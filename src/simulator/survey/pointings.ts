/** What all pointings of a survey have together. */
import type { Pointing } from './survey.ts'

/** Median over pointings of their depths, band by band [mag]. */
export const medianOfPointings = (pointings: readonly Pointing[], bands: number): number[] => Array.from({ length: bands }, (_, b) => {
  const depths = pointings.map(({ depth }) => depth[b]!).filter(depth => !Number.isNaN(depth)).sort((x, y) => x - y)
  return depths[depths.length >> 1] ?? NaN
})

/** Gives the survey's depth to a band in which a pointing has no visit. */
export const withDepths = (pointings: readonly Pointing[], depths: readonly number[]): Pointing[] =>
  pointings.map(pointing => ({ ...pointing, depth: pointing.depth.map((depth, b) => Number.isNaN(depth) ? depths[b]! : depth) }))

/** From the first to the last visit [yr]. */
export function yearsOf (pointings: readonly Pointing[]): number {
  let [first, last] = [Infinity, -Infinity]
  for (const { visits: { mjd } } of pointings) {
    if (mjd.length === 0) continue
    first = Math.min(first, mjd[0]!)
    last = Math.max(last, mjd[mjd.length - 1]!)
  }
  return (last - first) / 365.25
}

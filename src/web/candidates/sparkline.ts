/** A small line of the published P(Ia) of an object over the time of its newest point: 0 below, 1 above. */
import type { Classification } from '../api.ts'
import { svg } from '../elements.ts'

const WIDTH = 96
const HEIGHT = 22
const EDGE = 3

/** @param published oldest first */
export function sparkline (published: ReadonlyArray<Pick<Classification, 'probabilityIa' | 'midpointMjdTai'>>): SVGElement {
  const times = published.map(({ midpointMjdTai }) => midpointMjdTai)
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const [start, end] = [published[0], published.at(-1)].map(classification => classification?.probabilityIa.toFixed(2))
  const x = (time: number): number => first === last ? WIDTH - EDGE : EDGE + (WIDTH - 2 * EDGE) * (time - first) / (last - first)
  const y = (probability: number): number => HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * probability
  const drawn = svg('svg', { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `P(Ia) of ${published.length} classifications, from ${start} to ${end}` },
    svg('line', { x1: 0, x2: WIDTH, y1: y(0.5), y2: y(0.5), 'stroke-dasharray': '2 3' }))
  const newest = published.at(-1)
  if (!newest) return drawn
  const path = published.map(({ midpointMjdTai, probabilityIa }, place) => `${place === 0 ? 'M' : 'L'}${x(midpointMjdTai).toFixed(1)} ${y(probabilityIa).toFixed(1)}`)
  drawn.append(svg('path', { d: path.join('') }), svg('circle', { cx: x(newest.midpointMjdTai), cy: y(newest.probabilityIa), r: 2.2 }))
  return drawn
}

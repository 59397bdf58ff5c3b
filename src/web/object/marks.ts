/** The marks of the bands, those of RTN-045: u circle, g and r triangles, i square, z star, y pentagon. */
import type { Band } from '../palette.ts'

/** Corners as [angle in turns from the top, radius]; none for the circle. */
const CORNERS: Record<Band, Array<[turn: number, radius: number]>> = {
  u: [],
  g: polygon(3, 1.25),
  r: polygon(3, 1.25, 1 / 2),
  i: polygon(4, 1.25, 1 / 8),
  z: star(5, 1.45, 0.6),
  y: polygon(5, 1.15)
}

function polygon (corners: number, radius: number, from = 0): Array<[number, number]> {
  return Array.from({ length: corners }, (_, k) => [from + k / corners, radius])
}

function star (points: number, outer: number, inner: number): Array<[number, number]> {
  return Array.from({ length: 2 * points }, (_, k) => [k / (2 * points), k % 2 === 0 ? outer : inner])
}

/** @returns the corners of a mark around a point; empty for a circle */
function corners (band: Band, x: number, y: number, radius: number): Array<[x: number, y: number]> {
  return CORNERS[band].map(([turn, part]) => [x + radius * part * Math.sin(2 * Math.PI * turn), y - radius * part * Math.cos(2 * Math.PI * turn)])
}

/** Adds the outline of a mark to the path of a canvas. */
export function traceMark (context: CanvasRenderingContext2D | Path2D, band: Band, x: number, y: number, radius: number): void {
  const [first, ...rest] = corners(band, x, y, radius)
  if (!first) {
    context.moveTo(x + radius, y)
    context.arc(x, y, radius, 0, 2 * Math.PI)
    return
  }
  context.moveTo(...first)
  for (const corner of rest) context.lineTo(...corner)
  context.closePath()
}

/** The outline of a mark as the path of an SVG. */
export function markPath (band: Band, x: number, y: number, radius: number): string {
  const outline = corners(band, x, y, radius)
  if (outline.length === 0) return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`
  return `M${outline.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}z`
}

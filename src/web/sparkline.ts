/** A small line of P(Ia) over the published classifications of an object: 0 below, 1 above. */

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 96
const HEIGHT = 22
const EDGE = 2

function element (name: string, attributes: Record<string, string | number>): SVGElement {
  const created = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value))
  return created
}

export function sparkline (history: readonly number[]): SVGElement {
  const svg = element('svg', { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' })
  svg.setAttribute('aria-label', `P(Ia) of ${history.length} classifications, from ${history[0]?.toFixed(2)} to ${history.at(-1)?.toFixed(2)}`)
  const x = (index: number): number => EDGE + (WIDTH - 2 * EDGE) * (history.length === 1 ? 1 : index / (history.length - 1))
  const y = (probability: number): number => HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * probability
  svg.append(element('line', { x1: 0, x2: WIDTH, y1: y(0.5), y2: y(0.5), 'stroke-dasharray': '2 3' }))
  if (history.length === 0) return svg
  const path = history.map((probability, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(probability).toFixed(1)}`)
  svg.append(element('path', { d: path.join('') }))
  svg.append(element('circle', { cx: x(history.length - 1), cy: y(history.at(-1)!), r: 2 }))
  return svg
}

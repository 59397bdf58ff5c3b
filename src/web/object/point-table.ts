/** The points of a light curve as a table, for readers who do not see the plot. */
import { element } from '../elements.ts'
import type { PhotometricPoint } from '../api.ts'
import { flux } from './point-words.ts'
import { passedOver } from '../reasons.ts'
import { percent, probability } from '../words.ts'

/** @param points in order of time */
export function pointRows (points: readonly PhotometricPoint[]): HTMLTableRowElement[] {
  return points.map(point => element('tr', {},
    element('td', { class: 'number' }, point.midpointMjdTai.toFixed(4)),
    element('td', {}, point.band),
    element('td', {}, point.kind),
    element('td', { class: 'number' }, flux(point)),
    element('td', { class: 'number' }, point.epoch === null ? '–' : String(point.epoch)),
    element('td', { class: 'number' }, point.probabilityIa === null ? (point.reason == null ? '–' : passedOver(point.reason)) : probability(point.probabilityIa)),
    element('td', { class: 'number of-weights' }, typeof point.weight === 'number' ? percent(point.weight) : '–')
  ))
}

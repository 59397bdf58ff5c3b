/** What became of every alert: the accounting identity as a bar and a table. */
import type { Statistics } from '../api.ts'
import { element } from '../elements.ts'
import { declineReason } from '../reasons.ts'
import { whole } from '../words.ts'

type Accounting = Statistics['accounting']

const OUTCOMES = [
  ['classified', 'classified'],
  ['declined', 'declined'],
  ['duplicate', 'duplicate'],
  ['deadLettered', 'dead-lettered']
] as const

function share (count: number, received: number): string {
  if (received === 0) return '–'
  const percent = 100 * count / received
  return `${percent > 0 && percent < 0.1 ? '< 0.1' : percent.toFixed(1)} %`
}

/** Parts as wide as their counts. */
export const outcomeBar = (accounting: Accounting): HTMLElement[] => OUTCOMES.map(([name]) => {
  const part = element('i', { 'data-outcome': name })
  part.style.flexGrow = String(accounting[name])
  return part
})

function row (name: string, label: Array<string | Node>, count: number, received: number, inner = false): HTMLTableRowElement {
  return element('tr', { 'data-outcome': name, class: inner ? 'inner' : null },
    element('th', { scope: 'row' }, ...label),
    element('td', { class: 'number' }, whole(count)),
    element('td', { class: 'number' }, share(count, received)))
}

export function outcomeRows (accounting: Accounting): HTMLTableRowElement[] {
  const { received, declinedByReason, deadLetteredByCode } = accounting
  const inner: Record<string, Array<[code: string, about: string, count: number]>> = {
    declined: Object.entries(declinedByReason).map(([reason, count]) => [reason, declineReason(reason), count]),
    deadLettered: Object.entries(deadLetteredByCode).map(([code, count]) => [code, '', count])
  }
  return [
    ...OUTCOMES.flatMap(([name, label]) => [
      row(name, [element('i', { class: 'key', 'data-outcome': name }), label], accounting[name], received),
      ...(inner[name] ?? []).filter(([, , count]) => count > 0).sort(([, , a], [, , b]) => b - a)
        .map(([code, about, count]) => row(code, [code, ...about === '' || about === code ? [] : [element('small', {}, ` ${about}`)]], count, received, true))
    ]),
    row('received', ['received'], received, received)
  ]
}

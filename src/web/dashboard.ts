/** The page at /: live candidates, what became of every alert, and which model classifies. */
import { fetchCandidates, fetchModels, fetchStatistics, follow, type Connection, type Filter, type Statistics } from './api.ts'
import { readFilter, restoreFilter, watchFilter } from './filter-form.ts'
import { CandidateTable, LIMIT } from './table.ts'

/** Rows come and go once in this time [ms]. */
const SETTLE = 1000
const STATISTICS = 2000
/** Before the page tries again where the server did not answer [ms]. */
const RETRY = 3000

function part<E extends HTMLElement> (id: string): E {
  return document.getElementById(id) as E
}

const form = part<HTMLFormElement>('filter')
const tableBody = part<HTMLTableSectionElement>('candidates')
const holdButton = part<HTMLButtonElement>('hold')
const table = new CandidateTable(tableBody)
const whole = new Intl.NumberFormat('en')

let connection: Connection = 'connecting'
let stop: (() => void) | undefined
let pointerOver = false
let focusInside = false

function showConnection (next: Connection): void {
  connection = next
  const shown = part('connection')
  shown.textContent = next
  shown.dataset['state'] = next
}

const held = (): boolean => pointerOver || focusInside || holdButton.getAttribute('aria-pressed') === 'true'

function showNote (): void {
  const { waiting } = table
  part('note').textContent = held()
    ? `Order held${waiting > 0 ? `: ${waiting} ${waiting === 1 ? 'row waits' : 'rows wait'}` : ''}. Values still change.`
    : table.size >= LIMIT ? `The ${LIMIT} newest` : ''
  const empty = part('empty')
  empty.hidden = table.size > 0
  empty.textContent = connection !== 'live'
    ? 'No answer from Candela yet.'
    : Object.keys(table.filter).length > 0 ? 'No object passes this filter yet.' : 'No object has a classification yet.'
}

function settle (): void {
  if (!held()) table.settle()
  showNote()
}

/** Reads the list anew, then follows the stream from where the list stood. */
async function start (): Promise<void> {
  stop?.()
  stop = undefined
  table.filter = readFilter(form)
  const { filter } = table
  try {
    const [newest] = await fetchCandidates({}, 1)
    const candidates = await fetchCandidates(filter, LIMIT)
    if (filter !== table.filter) return
    table.replace(candidates)
    let opened = false
    stop = follow(newest?.sequence ?? 0, candidate => table.receive(candidate), next => {
      showConnection(next)
      // After a lost connection the server may be another one, with another store: read its list.
      if (next === 'live' && opened) start()
      opened ||= next === 'live'
    }, () => retry(filter))
    await showModel()
  } catch {
    showConnection('reconnecting')
    retry(filter)
  }
  showNote()
}

/** Starts again a little later, unless the filter was changed meanwhile. */
function retry (filter: Filter): void {
  setTimeout(() => { if (filter === table.filter) start() }, RETRY)
}

async function showModel (): Promise<void> {
  const models = await fetchModels()
  part('model').textContent = models.map(({ name, version, cell, layers, width, engine }) =>
    `${name} ${version} (${layers} × ${width} ${cell.toUpperCase()}) on ${engine.name} ${engine.version}`).join(', ')
}

let before: { at: number, received: number } | undefined

function showStatistics ({ objects, accounting }: Statistics): void {
  const now = { at: performance.now(), received: accounting.received }
  const rate = before && now.received >= before.received ? 1000 * (now.received - before.received) / (now.at - before.at) : undefined
  before = now
  const counts: Record<string, string> = { objects: whole.format(objects), rate: rate === undefined ? '–' : rate.toFixed(rate < 10 ? 1 : 0) }
  for (const [name, count] of Object.entries(accounting)) if (typeof count === 'number') counts[name] = whole.format(count)
  for (const shown of part('statistics').querySelectorAll<HTMLElement>('[data-count]')) shown.textContent = counts[shown.dataset['count']!] ?? '–'
}

async function keepStatistics (): Promise<void> {
  try {
    if (!document.hidden) showStatistics(await fetchStatistics())
  } catch {
    before = undefined
  }
  setTimeout(() => keepStatistics(), STATISTICS)
}

tableBody.addEventListener('pointerenter', event => { pointerOver = event.pointerType === 'mouse'; showNote() })
tableBody.addEventListener('pointerleave', () => { pointerOver = false; showNote() })
tableBody.addEventListener('focusin', () => { focusInside = true; showNote() })
tableBody.addEventListener('focusout', () => { focusInside = false; showNote() })
holdButton.addEventListener('click', () => {
  holdButton.setAttribute('aria-pressed', String(holdButton.getAttribute('aria-pressed') !== 'true'))
  showNote()
})

restoreFilter(form)
watchFilter(form, () => start())
setInterval(settle, SETTLE)
start()
keepStatistics()

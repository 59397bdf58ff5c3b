/** The page at /: live candidates, what became of every alert, and which model classifies. */
import { addressOf, fetchCandidates, fetchModels, fetchSequence, fetchStatistics, type Statistics } from '../api.ts'
import { showConnection } from '../connection.ts'
import { part } from '../elements.ts'
import { isNarrow, queryOf, type Filter } from './filter.ts'
import { FilterForm } from './filter-form.ts'
import { Live } from '../live.ts'
import { Rate } from '../rate.ts'
import { moveByArrows } from './row-keys.ts'
import { CandidateTable, LIMIT } from './table.ts'
import { keepDoing } from '../while-visible.ts'
import { whole } from '../words.ts'

/** Interval at which rows come and go [ms]. */
const SETTLE = 1000
const STATISTICS = 2000
/** Interval at which a list in another order than the newest change is read again, so that objects which fell behind make room for others [ms]. */
const READ_ANEW = 30_000

const form = new FilterForm(part('filter'))
const tableBody = part<HTMLTableSectionElement>('candidates')
const holdButton = part<HTMLButtonElement>('hold')
const table = new CandidateTable(tableBody)

let filter: Filter = { sort: 'recency' }
let pointerOver = false
let focusInside = false

const held = (): boolean => pointerOver || focusInside || holdButton.getAttribute('aria-pressed') === 'true'

function showNote (): void {
  const { waiting } = table
  part('note').textContent = held()
    ? `Order held${waiting > 0 ? `: ${waiting} ${waiting === 1 ? 'row waits' : 'rows wait'}` : ''}. Values still change.`
    : table.size >= LIMIT ? `The first ${LIMIT}` : ''
  const empty = part('empty')
  empty.hidden = table.size > 0
  empty.textContent = live.connection !== 'live'
    ? live.trouble ?? 'No answer from Candela yet.'
    : isNarrow(filter) ? 'No object passes this filter yet.' : 'No object has a classification yet.'
}

function showOrder (): void {
  for (const head of document.querySelectorAll<HTMLElement>('th[data-sort]')) {
    if (head.dataset['sort'] === filter.sort) head.ariaSort = 'descending'
    else head.removeAttribute('aria-sort')
  }
}

/** The same list as the API gives it. */
function showLinks (): void {
  const query = queryOf(filter)
  part<HTMLAnchorElement>('as-json').href = addressOf(`v1/objects?${query}`)
  query.set('format', 'csv')
  part<HTMLAnchorElement>('as-csv').href = addressOf(`v1/objects?${query}`)
}

const live = new Live({
  async load (signal) {
    filter = form.read()
    showOrder()
    showLinks()
    const wanted = filter
    const after = await fetchSequence(signal)
    table.replace(await fetchCandidates(queryOf(wanted), LIMIT, signal), wanted)
    await showModel()
    return { after, diaObjectId: null }
  },
  receive: candidate => table.receive(candidate),
  withdrawn: withdrawal => table.withdraw(withdrawal),
  changed (connection, why) {
    showConnection(connection, why)
    showNote()
  }
})

async function readAnew (): Promise<void> {
  const wanted = filter
  if (wanted.sort === 'recency' || held() || document.hidden || live.connection !== 'live') return
  const candidates = await fetchCandidates(queryOf(wanted), LIMIT)
  if (wanted === filter && !held()) table.replace(candidates, wanted)
}

async function showModel (): Promise<void> {
  const models = await fetchModels()
  part('table').classList.toggle('phases', models.some(({ decoder }) => decoder !== undefined))
  part('model').textContent = models.map(({ name, version, cell, layers, width, engine }) =>
    `${name} ${version} (${layers} × ${width} ${cell.toUpperCase()}) on ${engine.name} ${engine.version}`).join(', ')
}

const rate = new Rate()

function showStatistics ({ objects, accounting }: Statistics): void {
  const now = rate.add(accounting.received)
  const counts: Record<string, string> = { objects: whole(objects), rate: now === null ? '–' : now.toFixed(now < 10 ? 1 : 0) }
  for (const [name, count] of Object.entries(accounting)) if (typeof count === 'number') counts[name] = whole(count)
  for (const shown of part('statistics').querySelectorAll<HTMLElement>('[data-count]')) shown.textContent = counts[shown.dataset['count']!] ?? '–'
}

async function readStatistics (): Promise<void> {
  try {
    showStatistics(await fetchStatistics())
  } catch {
    rate.forget()
  }
}

tableBody.addEventListener('pointerenter', event => { pointerOver = event.pointerType === 'mouse'; showNote() })
tableBody.addEventListener('pointerleave', () => { pointerOver = false; showNote() })
tableBody.addEventListener('focusin', () => { focusInside = true; showNote() })
tableBody.addEventListener('focusout', () => { focusInside = false; showNote() })
holdButton.addEventListener('click', () => {
  holdButton.setAttribute('aria-pressed', String(holdButton.getAttribute('aria-pressed') !== 'true'))
  showNote()
})
for (const button of document.querySelectorAll<HTMLElement>('th[data-sort] button')) {
  button.addEventListener('click', () => form.sortBy(button.closest('th')!.dataset['sort']!))
}
moveByArrows(tableBody)

form.restore()
form.watch(() => live.start())
setInterval(() => {
  if (!held()) table.settle()
  showNote()
}, SETTLE)
setInterval(() => { readAnew().catch(() => { /* The connection's state tells why. */ }) }, READ_ANEW)
live.start()
keepDoing(STATISTICS, readStatistics)

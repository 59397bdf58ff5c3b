/** The page at /overview: how many alerts come, what becomes of them, how fast, and what the model is worth. */
import { fetchCard, fetchModels, fetchRecentCounts, fetchStatistics, whyOf, type Statistics } from '../api.ts'
import { showConnection } from '../connection.ts'
import { part } from '../elements.ts'
import { modelCard } from './model-card.ts'
import { outcomeBar, outcomeRows } from './outcomes.ts'
import { RatePlot } from './rate-plot.ts'
import { lagRows, latencyRows } from './stream-tables.ts'
import { keepDoing } from '../while-visible.ts'
import { whole } from '../words.ts'

const EVERY = 2000

const rates = new RatePlot(part('rate-plot'))

function show ({ objects, archivedObjects, deadLetters, accounting, stream }: Partial<Statistics>): void {
  part('with-accounting').hidden = accounting === undefined
  if (accounting) {
    const { received } = accounting
    const rate = rates.add(accounting)
    const tiles: Record<string, string> = {
      rate: rate === null ? '–' : rate.toFixed(rate < 10 ? 1 : 0),
      received: whole(received),
      objects: whole(objects ?? 0),
      archivedObjects: whole(archivedObjects ?? 0),
      deadLetters: whole(deadLetters ?? 0)
    }
    for (const shown of document.querySelectorAll<HTMLElement>('[data-tile]')) shown.textContent = tiles[shown.dataset['tile']!] ?? '–'
    part('outcome-bar').replaceChildren(...outcomeBar(accounting))
    part('outcomes').replaceChildren(...outcomeRows(accounting))
  }
  part('no-stream').hidden = stream !== undefined
  part('with-stream').hidden = stream === undefined
  if (stream) {
    part('latency').replaceChildren(...latencyRows(stream))
    const lag = lagRows(stream)
    part('lag').replaceChildren(...lag)
    part('lag-table').hidden = lag.length === 0
  }
}

let filled = false

async function readStatistics (): Promise<void> {
  try {
    if (!filled) rates.fill(await fetchRecentCounts())
    filled = true
    show(await fetchStatistics())
    showConnection('live')
  } catch (error) {
    rates.forget()
    showConnection('reconnecting', whyOf(error))
  }
}

async function showModels (): Promise<void> {
  try {
    const models = await fetchModels()
    part('models').replaceChildren(...await Promise.all(models.map(async model => modelCard(model, await fetchCard(model)))))
  } catch {
    setTimeout(() => showModels(), EVERY)
  }
}

keepDoing(EVERY, readStatistics)
showModels()

/** Attempts of every class in threads, and the mix that follows. */
import type { SkyName } from '../passbands/surveys.ts'
import type { SkyClass } from '../sources/source.ts'
import type { AttemptsResult, AttemptsTask, FactsResult } from '../workers/tasks.ts'
import type { SkyThreads } from '../workers/threads.ts'
import { shareEstimate, type ShareEstimate } from './class-shares.ts'
import { addAttempts, mixOf, type Mix } from './mix.ts'

/** Of one task. */
const ATTEMPTS = 50

/** Classes take turns, so that an early end leaves as many attempts of each. */
function * tasksOf (classes: readonly SkyClass[], attempts: number, followed: number): Generator<AttemptsTask> {
  for (let first = 0; first < attempts; first += ATTEMPTS) {
    for (const skyClass of classes) yield { kind: 'attempts', class: skyClass, first, count: Math.min(ATTEMPTS, attempts - first), followed }
  }
}

export interface SurveyEstimate {
  mix: Mix
  shares: ShareEstimate
}

/**
 * @param attempts of each class
 * @param followed how long the survey has been followed [yr], for the shares
 * @param onProgress told of what is done and what there is to do, in attempts
 * @param signal ends it early, with the attempts made so far
 */
export async function estimateMix (threads: SkyThreads, sky: SkyName, attempts: number, followed: number, onProgress: (done: number, all: number) => void, signal?: AbortSignal): Promise<SurveyEstimate> {
  const results = threads.results([{ kind: 'facts' } as const])
  const facts = (await results.next()).value as FactsResult
  const made = new Map<SkyClass, AttemptsResult>()
  const classes = facts.classes.map(({ class: skyClass }) => skyClass)
  let done = 0
  for await (const result of threads.results(tasksOf(classes, attempts, followed), signal)) {
    const before = made.get(result.class)
    made.set(result.class, before ? addAttempts(before, result) : result)
    done += result.attempts
    onProgress(done, attempts * classes.length)
  }
  return { mix: mixOf(sky, facts, made), shares: shareEstimate(facts, made) }
}

/** What the contract tests ask about: objects, dead letters, archives; and services that are full, broken or closed. */
import { rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { TestContext } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import type { ApiOptions } from '../../../src/http/api.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { forecastingModel } from '../../support/forecasting-model.ts'
import { apiOver, openService, type Service } from '../service.ts'

export const ID = '313934342374881341'
/** Not seen for long. */
export const OLD = 'seen-long-ago'
/** Number of a dead letter. */
export const LETTER = 1

export interface World extends Service {
  /** Name of an archive with the old object in it. */
  archive: string
  /** Puts a file where the folder of archives was. */
  blockArchives (): void
}

export const alertText = (diaObjectId: string): string => JSON.stringify(plainAlert({ diaObjectId }))

export async function openWorld (t: TestContext, options: Partial<ApiOptions> = {}): Promise<World> {
  const service = await openService(t, { bodyLimit: 5000, ...options }, forecastingModel())
  await service.observe(OLD, 2)
  await service.observe(ID, 3, { firstNight: 100 })
  await service.observe('7', 2, { firstNight: 100, flux: 9000 })
  const error = new CandelaError('json-invalid', 'not JSON', { action: 'Look at it.' })
  await service.pipeline.processor.process([1, 2].map(k => ({ error, bytes: Buffer.from(`{${k}`), origin: 'test' })))
  // With what the service itself has, whatever stands in its way.
  const { archives } = apiOver(service.pipeline)
  const written = await archives!.archive({ notSeenDays: 50 })
  const folder = join(service.pipeline.folder, 'archive')
  writeFileSync(join(folder, 'text.avro'), 'text')
  return {
    ...service,
    archive: basename(written.archive!.path),
    blockArchives () {
      rmSync(folder, { recursive: true })
      writeFileSync(folder, '')
    }
  }
}

const refusing = (error: unknown) => async (): Promise<never> => { throw error }

/** Nothing can be written, and nothing more be worked on. */
export function closing (): Partial<ApiOptions> {
  const refuse = refusing(new CandelaError('shutting-down', 'Candela is shutting down', { canRetry: true, action: 'Send it again.' }))
  return {
    submit: async function * () { await refuse() },
    giveHost: refuse,
    rebuild: { rebuild: refuse },
    replay: { replay: refuse },
    replays: { model: { name: 'a', version: '1.0' }, classShares: () => null, object: refuse, play: refuse, forecasts: { horizon: null, object: () => undefined, of: () => [] } },
    ready: () => ({ ready: false, reason: 'stopping' })
  }
}

/** Every part fails in a way that nobody thought of. */
export function broken (): Partial<ApiOptions> {
  const fail = (): never => { throw new Error('secret') }
  const failing = <Part extends object>(kept: object = {}): Part => new Proxy(kept, { get: (part, name) => name in part ? part[name as never] : fail }) as Part
  return {
    reader: failing({ subscribe: () => () => {}, sequence: () => 0 }),
    deadLetters: failing(),
    replay: failing(),
    discard: failing(),
    archives: failing(),
    rebuild: failing(),
    replays: failing({ model: { name: 'a', version: '1.0' } }),
    submit: async function * () { fail() },
    giveHost: fail,
    models: fail,
    ready: fail
  }
}

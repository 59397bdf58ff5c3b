/** Dead letters of a data folder, or of the service at an address. */
import type { ReplayPage, ReplayQuery } from '../../state/dead-letters/replay.ts'
import { openDeadLetters } from '../../state/storage/dead-letters.ts'
import type { DeadLetterFacts, DeadLetterPage, DeadLetterQuery } from '../../state/views.ts'
import type { Settings } from '../../config.ts'
import { openFolder } from '../data-folder/folder-app.ts'
import { serviceClient } from '../data-folder/service-client.ts'

export interface DeadLetterSource {
  list (query: DeadLetterQuery): Promise<DeadLetterPage>
  get (number: number): Promise<DeadLetterFacts>
  bytes (number: number): Promise<Uint8Array>
  close (): Promise<void>
}

export interface DeadLetterReplayer {
  replay (query: ReplayQuery): Promise<ReplayPage>
  close (): Promise<void>
}

/** Reads a data folder, also beside the service that uses it. */
export function folderSource (folder: string): DeadLetterSource {
  const { letters, close } = openDeadLetters(folder)
  return { list: async query => letters.list(query), get: async number => letters.get(number), bytes: async number => letters.bytes(number), close }
}

/** @throws CandelaError as openFolder */
export async function folderReplayer (settings: Settings): Promise<DeadLetterReplayer> {
  const app = await openFolder(settings)
  return { replay: query => app.deadLetterReplay.replay(query), close: () => app.close() }
}

/** Asks a running service. @throws CandelaError as ServiceClient */
export function serviceSource (url: string): DeadLetterSource & DeadLetterReplayer {
  const cursor = (after: number | undefined) => after === undefined ? {} : { cursor: String(after) }
  const service = serviceClient(url)
  return {
    async list ({ after, oldestFirst = false, code, origin, limit }) {
      const query = new URLSearchParams({
        limit: String(limit), order: oldestFirst ? 'oldest' : 'newest', ...cursor(after), ...code !== undefined && { code }, ...origin !== undefined && { origin }
      })
      const { deadLetters, nextCursor } = await service.askJson<{ deadLetters: DeadLetterFacts[], nextCursor: string | null }>(`/dead-letters?${query}`)
      return { deadLetters, next: nextCursor === null ? null : Number(nextCursor) }
    },
    async get (number) {
      const { content: _, ...facts } = await service.askJson<DeadLetterFacts & { content: string }>(`/dead-letters/${number}`)
      return facts
    },
    bytes: async number => new Uint8Array(await (await service.ask(`/dead-letters/${number}/bytes`)).arrayBuffer()),
    async replay ({ after, ...query }) {
      const { outcomes, nextCursor } = await service.post<{ outcomes: ReplayPage['outcomes'], nextCursor: string | null }>('/dead-letters/replay', { ...query, ...cursor(after) })
      return { outcomes, next: nextCursor === null ? null : Number(nextCursor) }
    },
    close: async () => {}
  }
}

/** Rebuilds the records of a data folder, or those of a running service. */
import type { Settings } from '../../config.ts'
import type { Rebuild, RebuildPage } from '../../state/processor/rebuild.ts'
import { openFolder } from './folder-app.ts'
import { serviceClient } from './service-client.ts'

export interface RebuildSource extends Rebuild {
  close (): Promise<void>
}

/** @throws CandelaError as openFolder */
export async function folderRebuild (settings: Settings): Promise<RebuildSource> {
  const app = await openFolder(settings)
  return { rebuild: query => app.rebuild.rebuild(query), close: () => app.close() }
}

/** @throws CandelaError as ServiceClient, from rebuild() */
export function serviceRebuild (url: string): RebuildSource {
  const service = serviceClient(url)
  return {
    async rebuild ({ after, ...query }) {
      const { nextCursor, ...page } = await service.post<Omit<RebuildPage, 'next'> & { nextCursor: string | null }>('/rebuild', { ...query, cursor: after })
      return { ...page, next: nextCursor }
    },
    close: async () => {}
  }
}

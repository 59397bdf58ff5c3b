/** Opens an existing data folder for a command that writes to it. */
import type { App } from '../../app.ts'
import type { Settings } from '../../config.ts'
import { CandelaError } from '../../errors.ts'
import { openDeadLetters } from '../../state/storage/dead-letters.ts'

/** @throws CandelaError `data-folder-in-use`, `data-folder-missing`, and those of a start */
export async function openFolder (settings: Settings): Promise<App> {
  await openDeadLetters(settings.dataDir).close()
  // Commands that only read need none of its parts.
  const { createApp } = await import('../../app.ts')
  try {
    return await createApp(settings, message => process.stderr.write(`candela: ${message}\n`))
  } catch (error) {
    throw withServiceHint(error)
  }
}

/** Adds a hint to an error of opening a data folder: where a service uses the folder, go through the service. */
export function withServiceHint (error: unknown): unknown {
  if (!(error instanceof CandelaError) || error.code !== 'data-folder-in-use') return error
  const { code, message, value, canRetry } = error
  return new CandelaError(code, message, { value, canRetry, cause: error, action: 'Go through that process with --url http://localhost:8080 (its own address), or stop it.' })
}

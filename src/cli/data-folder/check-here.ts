/** The inner process of `candela check`: walks the data folder and reports on stdout what it reads and finds. */
import { sharesFor } from '../../class-shares.ts'
import { CandelaError } from '../../errors.ts'
import type { Settings } from '../../config.ts'
import { loadNetwork } from '../../model/load-engine.ts'
import { loadModel } from '../../model/model-file.ts'
import { checkStore, type CheckSummary } from '../../state/check/check.ts'
import type { Finding } from '../../state/check/findings.ts'

/** One line of JSON each. */
export type CheckMessage =
  | { reading: string }
  | { finding: Finding }
  | { objects: number, of: number }
  | { warning: string }
  | { summary: CheckSummary, engine: string, model: string }
  | { error: { code: string, message: string, action: string | undefined } }

/** Pipes are written at once, so the last message arrives even where LMDB ends the process. */
const say = (message: CheckMessage): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

export async function checkHere ({ model: named, classShares, engine: choice, dataDir }: Pick<Settings, 'model' | 'classShares' | 'engine' | 'dataDir'>): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort())
  try {
    const model = loadModel(named)
    const shares = sharesFor(model, classShares)
    const { engine, network } = await loadNetwork(model, choice, warning => say({ warning }))
    const summary = await checkStore({
      folder: dataDir,
      network,
      model,
      shares,
      onFinding: finding => say({ finding }),
      onReading: reading => say({ reading }),
      onProgress: (objects, of) => say({ objects, of }),
      signal: stopping.signal
    })
    network.dispose()
    say({ summary, engine: `${engine.name} ${engine.version}`, model: `${model.name}/${model.version}` })
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    const { code, message, action } = error
    say({ error: { code, message, action } })
  }
}

/** A client of /v1/stream that speaks the wire form itself, so that every line can be looked at. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Candidate } from '../../src/state/views.ts'

/** Longest wait for anything that a test expects [ms]. */
const PATIENCE = 10_000

/** A block of lines between two blank ones. */
export interface Block {
  comment?: string
  event?: string
  id?: string
  data?: string
  retry?: string
}

export interface SseClient {
  response: Response
  /** The next block, or undefined at the end of the response. */
  block (): Promise<Block | undefined>
  /** The next classification; other blocks are passed over. */
  classification (): Promise<Candidate>
  close (): void
}

function parseBlock (text: string): Block {
  const block: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? assert.fail(`not a line of an event: ${line}`)
    block[name || 'comment'] = value!
  }
  return block
}

export async function connect (t: TestContext, address: string, headers: Record<string, string> = {}): Promise<SseClient> {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const response = await fetch(address, { headers, signal: AbortSignal.any([abort.signal, AbortSignal.timeout(PATIENCE)]) })
  const chunks = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let waiting = ''
  const block = async (): Promise<Block | undefined> => {
    while (!waiting.includes('\n\n')) {
      const { value, done } = await chunks.next()
      if (done) {
        assert.equal(waiting, '', 'the response ends after a whole block')
        return undefined
      }
      waiting += value
    }
    const end = waiting.indexOf('\n\n')
    const text = waiting.slice(0, end)
    waiting = waiting.slice(end + 2)
    return parseBlock(text)
  }
  return {
    response,
    block,
    async classification () {
      for (;;) {
        const next = await block()
        assert.ok(next, 'the stream goes on')
        if (next.data === undefined) continue
        assert.equal(next.event, 'classification')
        const candidate = JSON.parse(next.data) as Candidate
        assert.equal(next.id, String(candidate.sequence))
        return candidate
      }
    },
    close: () => abort.abort()
  }
}

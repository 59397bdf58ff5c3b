/** A client of /v1/stream that speaks the wire form itself, so that every line can be looked at. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Candidate } from '../../../src/state/views.ts'

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
  /** The next classification; comments are passed over, an event of another kind is not expected. */
  classification (): Promise<Candidate>
  /** The next event; it must be a gap. */
  gap (): Promise<{ reason: string, after: number, until: number }>
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
  async function event (name: string): Promise<Block & { data: string }> {
    for (;;) {
      const next = await block()
      assert.ok(next, 'the stream goes on')
      const { data } = next
      if (data === undefined) continue
      assert.equal(next.event, name)
      return { ...next, data }
    }
  }
  return {
    response,
    block,
    async classification () {
      const { id, data } = await event('classification')
      const candidate = JSON.parse(data) as Candidate
      assert.equal(id, String(candidate.sequence))
      return candidate
    },
    async gap () {
      const { id, data } = await event('gap')
      assert.equal(id, undefined)
      return JSON.parse(data) as { reason: string, after: number, until: number }
    },
    close: () => abort.abort()
  }
}

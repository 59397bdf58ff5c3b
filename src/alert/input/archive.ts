/** The members of a tar archive, in its order. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'

export interface Member {
  name: string
  /** False for links, devices and the like, which have no bytes of their own. */
  isFile: boolean
  pieces: AsyncIterable<Buffer>
}

/**
 * Gives each member but the folders; what of one is not read before the next is asked for is passed over.
 * @throws Error where the archive is damaged or cut, after what came before
 */
export async function * tarMembers (pieces: AsyncIterable<Buffer>): AsyncGenerator<Member> {
  const entries = extract()
  let failure: { cause: unknown } | undefined
  const reading = pipeline(Readable.from(pieces), entries).catch((cause: unknown) => { failure = { cause } })
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header
      const bytes = entry[Symbol.asyncIterator]() as AsyncIterator<Buffer>
      if (type !== 'directory') yield { name, isFile: type === 'file' || type === 'contiguous-file', pieces: piecesOf(bytes) }
      while (!(await bytes.next()).done);
    }
  } catch (cause) {
    failure ??= { cause }
  } finally {
    entries.destroy()
    await reading
  }
  if (failure) throw failure.cause
}

/** Whoever stops early must not end the entry: with it the archive would end. */
async function * piecesOf (bytes: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) yield next.value
}

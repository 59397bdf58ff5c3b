/** Pieces of compressed bytes → those of what is in them, by how the bytes begin. */
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as WebReadableStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import xz from 'xz-decompress'
import { Beginning } from './beginning.ts'
import { compressionOf, MAGIC_BYTES, type Compression } from './forms.ts'
import { zstdStream, zstdWhole } from './zstd.ts'

/** A file that is compressed more often is taken for what it is then: nobody means that. */
const MOST_LAYERS = 3
/** Of what is decompressed at once [bytes]. */
const PIECE = 2 ** 16

type Pieces = AsyncIterable<Buffer>

const through = (pieces: Pieces, stream: NodeJS.ReadWriteStream): Pieces =>
  // The error reaches whoever reads the last stream.
  pipeline(Readable.from(pieces), stream, () => {}) as unknown as Pieces

const decompress: Readonly<Record<Compression, (pieces: Pieces) => Pieces>> = {
  gzip: pieces => through(pieces, createGunzip({ chunkSize: PIECE })),
  xz (pieces) {
    const compressed = Readable.toWeb(Readable.from(pieces)) as unknown as ReadableStream<Uint8Array>
    return Readable.fromWeb(new xz.XzReadableStream(compressed) as unknown as WebReadableStream)
  },
  zstd (pieces) {
    const stream = zstdStream()
    return stream ? through(pieces, stream) : zstdWhole(pieces)
  }
}

/**
 * What is in pieces of bytes when all compression is taken off.
 * @param failure what reading throws, made of whatever the pieces or their decompression throw
 * @throws the same, where they do before the first byte
 */
export async function decompressed (pieces: Pieces, failure: (cause: unknown) => Error): Promise<Beginning> {
  let inner = new Beginning(failingWith(failure, pieces))
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const compression = compressionOf(await inner.look(layer === 0 ? 6 : MAGIC_BYTES))
    if (compression === undefined) break
    inner = new Beginning(failingWith(failure, decompress[compression](inner.all())))
  }
  return inner
}

/** The same pieces; whatever they throw is made another error. */
export async function * failingWith (failure: (cause: unknown) => Error, pieces: Pieces): AsyncGenerator<Buffer> {
  try {
    yield * pieces
  } catch (cause) {
    throw failure(cause)
  }
}

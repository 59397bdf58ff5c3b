/** Codecs for the compressions of Kafka's record batches that kafkajs lacks; it has gzip. */
import { snappyCompress } from 'hysnappy'
import kafkajs from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { readRawSnappy } from '../../../alert/avro/snappy.ts'
import { decompressZstd } from '../../../alert/input/zstd.ts'
import { compress as compressZstd, loadZstd } from '../../../alert/input/zstd-wasm.ts'
import type { Compression } from '../../../kafka-settings.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs

/** kafkajs's number of a compression. */
export const COMPRESSION_TYPES: Readonly<Record<Compression, kafkajs.CompressionTypes>> = {
  none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy, lz4: CompressionTypes.LZ4, zstd: CompressionTypes.ZSTD
}

/** kafkajs's growing buffer. */
interface Encoder { buffer: Buffer }
export interface Codec {
  compress (encoder: Encoder): Promise<Buffer>
  decompress (bytes: Buffer): Promise<Buffer>
}

/** Most that a record batch may decompress to [bytes]; a broker's default limit is a hundredth of it. */
export const MAXIMUM_BATCH_BYTES = 256 * 2 ** 20

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

/** Snappy of the Java client: this, versions (8 bytes), then blocks with their length before them (4 bytes, big-endian). */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER = 16

async function decompressSnappy (bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return readRawSnappy(bytes, MAXIMUM_BATCH_BYTES)
  const blocks: Buffer[] = []
  for (let position = XERIAL_HEADER; position < bytes.length;) {
    const end = position + 4 + bytes.readUInt32BE(position)
    if (end > bytes.length) throw new RangeError(`a snappy block ends at byte ${end} of ${bytes.length}`)
    blocks.push(readRawSnappy(bytes.subarray(position + 4, end), MAXIMUM_BATCH_BYTES))
    position = end
  }
  return Buffer.concat(blocks)
}

export const CODECS: Readonly<Record<'snappy' | 'lz4' | 'zstd', Codec>> = {
  snappy: { compress: async ({ buffer }) => asBuffer(snappyCompress(buffer)), decompress: decompressSnappy },
  lz4: { compress: ({ buffer }) => compressFrame(buffer), decompress: decompressFrame },
  zstd: {
    async compress ({ buffer }) {
      await loadZstd()
      return asBuffer(compressZstd(buffer))
    },
    decompress: bytes => decompressZstd(bytes, MAXIMUM_BATCH_BYTES)
  }
}

/** Registers the codecs with kafkajs, for the whole process. */
export function registerCodecs (): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => CODECS.snappy
  CompressionCodecs[CompressionTypes.LZ4] = () => CODECS.lz4
  CompressionCodecs[CompressionTypes.ZSTD] = () => CODECS.zstd
}

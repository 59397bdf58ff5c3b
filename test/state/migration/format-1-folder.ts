/** Writes a store in data format 1, as Candela 0.1 did, from what a store of today holds. */
import { open } from 'lmdb'
import { pack } from 'msgpackr'
import { BANDS } from '../../../src/alert/alert.ts'
import type { StoredPoint } from '../../../src/light-curve/stored-point.ts'
import { BLOCK_LENGTH, type HiddenState, type Publication } from '../../../src/state/record/record.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { DECLINE_REASONS, isCandidate } from '../../../src/state/views.ts'

function packPoints (points: readonly StoredPoint[]): Buffer {
  return Buffer.concat(points.map(point => {
    const bytes = Buffer.alloc(33)
    bytes.writeDoubleBE(point.midpointMjdTai, 0)
    bytes.writeFloatBE(point.psfFlux, 8)
    bytes.writeFloatBE(point.psfFluxErr, 12)
    bytes.writeDoubleBE(point.timeProcessedMjdTai ?? Number.NaN, 16)
    bytes.writeDoubleBE(point.visit ?? Number.NaN, 24)
    bytes.writeUInt8(BANDS.indexOf(point.band) + (point.kind === 'forced' ? 8 : 0) + (point.withdrawn ? 16 : 0), 32)
    return bytes
  }))
}

function packPublications (publications: readonly Publication[]): Buffer {
  const models = [...new Set(publications.map(({ model }) => model))]
  return pack([models, Buffer.concat(publications.map(publication => {
    const bytes = Buffer.alloc(33)
    bytes.writeDoubleBE(publication.publishedAt, 0)
    // Format 1 kept all digits.
    bytes.writeDoubleBE(publication.probabilityIa + 3e-9, 8)
    bytes.writeDoubleBE(publication.midpointMjdTai + 2e-10, 16)
    bytes.writeUInt32BE(publication.epochs, 24)
    bytes.writeUInt32BE(publication.revision, 28)
    bytes.writeUInt8(models.indexOf(publication.model), 32)
    return bytes
  }))])
}

const bytesOf = (array: Float64Array | Float32Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
const packState = (state: HiddenState | null): unknown =>
  state && [state.steps, state.midpointMjdTai, state.outputs[0]!, bytesOf(state.accumulator), bytesOf(state.network)]

export async function writeFormat1 (store: StateStore, folder: string): Promise<void> {
  const root = open({ path: folder, maxDbs: 8, encoding: 'binary' })
  const table = (name: string) => root.openDB<Uint8Array, string | number | Array<string | number>>({ name, encoding: 'binary' })
  const [objects, blocks, changes, meta] = ['objects', 'blocks', 'changes', 'meta'].map(table)
  for (const id of store.objects.ids()) {
    const record = store.objects.get(id)!
    const { host } = record
    const points = store.objects.closedPoints(id, record.closedPointBlocks)
    const publications = store.objects.closedPublications(id, record.closedPublicationBlocks)
    for (let block = 0; block < record.closedPointBlocks; block++) await blocks!.put([id, 'points', block], packPoints(points.slice(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH)))
    for (let block = 0; block < record.closedPublicationBlocks; block++) await blocks!.put([id, 'publications', block], packPublications(publications.slice(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH)))
    await objects!.put(id, pack([
      record.ra, record.dec, host.redshift, host.redshiftErr, host.mwebv, record.factsMjdTai, record.model, packPoints(record.openPoints), record.closedPointBlocks,
      record.firstDetectionMjdTai, packState(record.tip), packState(record.tip), record.revision, record.declined === null ? -1 : DECLINE_REASONS.indexOf(record.declined),
      packPublications(record.publications), record.closedPublicationBlocks, record.sequence
    ]))
  }
  for (const candidate of store.reader.changedSince(0, 1e9).filter(isCandidate)) await changes!.put(candidate.sequence, pack({ ...candidate, probabilityIa: candidate.probabilityIa + 3e-9 }))
  await meta!.put('format', pack(1))
  await meta!.put('sequence', pack(store.reader.sequence()))
  await meta!.put('accounting', pack(store.reader.statistics().accounting))
  await meta!.put('position/file', pack({ offset: 7 }))
  await root.close()
}

/** Nights of the simulated sky as Avro object container files. */
import avsc from 'avsc'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TRUTH_COLUMNS } from '../alert/input/forms.ts'
import { CandelaError } from '../errors.ts'
import { alertType } from './packet.ts'
import { createSky, type SimulatedAlert, type SkyOptions } from './sky.ts'

export interface NightsSummary {
  seed: number
  nights: number
  /** Nights without an alert. */
  nightsLost: number
  alerts: number
  objects: number
  typeIa: number
  /** Where the files are; '-' for stdout. */
  out: string
}

const FRAME_LENGTH = 5
const NIGHT_FILE = /^night-\d+\.avro$/
const PROGRESS_EVERY = 10

/** One deflated container of all these alerts, into a stream. */
async function writeContainer (nights: Iterable<readonly SimulatedAlert[]>, to: Writable, closes: boolean): Promise<void> {
  function * datums (): Generator<unknown> {
    for (const alerts of nights) {
      for (const { bytes } of alerts) {
        yield alertType.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset + FRAME_LENGTH, bytes.length - FRAME_LENGTH))
      }
    }
  }
  const encoder = new avsc.streams.BlockEncoder(alertType, { codec: 'deflate' })
  await pipeline(Readable.from(datums()), encoder, to, { end: closes })
}

/**
 * Writes nights 0 to nights − 1 of a sky.
 * @param out a folder, for night-0001.avro and so on (no file for a night without alerts) and truth.csv; or '-' for
 * one container on stdout
 * @param onProgress called every tenth night with the number of nights done
 * @throws CandelaError `output-not-writable`
 */
export async function writeNights (
  options: SkyOptions, nights: number, out: string, onProgress: (nights: number) => void
): Promise<NightsSummary> {
  const sky = createSky(options)
  const seen = new Set<string>()
  const summary: NightsSummary = { seed: options.seed, nights, nightsLost: 0, alerts: 0, objects: 0, typeIa: 0, out }
  const account = (alerts: readonly SimulatedAlert[], night: number): void => {
    summary.alerts += alerts.length
    if (alerts.length === 0) summary.nightsLost++
    for (const { diaObjectId } of alerts) seen.add(diaObjectId)
    if ((night + 1) % PROGRESS_EVERY === 0) onProgress(night + 1)
  }
  function * each (): Generator<SimulatedAlert[]> {
    for (let night = 0; night < nights; night++) {
      const alerts = sky.night(night)
      account(alerts, night)
      yield alerts
    }
  }
  try {
    if (out === '-') {
      await writeContainer(each(), process.stdout, false)
    } else {
      await mkdir(out, { recursive: true })
      if ((await readdir(out)).some(name => NIGHT_FILE.test(name))) {
        throw new CandelaError('output-holds-nights', `${out} holds nights of a sky already`, {
          value: out, action: 'Choose another folder with --out, or remove its night-*.avro files: two skies must not be mixed.'
        })
      }
      let number = 0
      for (const alerts of each()) {
        number++
        if (alerts.length > 0) await writeContainer([alerts], createWriteStream(join(out, `night-${String(number).padStart(4, '0')}.avro`)), true)
      }
      const rows = [...seen].map(diaObjectId => {
        const { class: supernovaClass, redshift, peakMjdTai } = sky.truth(diaObjectId)
        return `${diaObjectId},${supernovaClass},${redshift.toFixed(4)},${peakMjdTai.toFixed(3)}`
      })
      await writeFile(join(out, 'truth.csv'), [TRUTH_COLUMNS, ...rows, ''].join('\n'))
    }
  } catch (cause) {
    if (cause instanceof CandelaError || !(cause instanceof Error && 'code' in cause)) throw cause
    const toStdout = out === '-'
    throw new CandelaError('output-not-writable', `${toStdout ? 'stdout' : out} cannot be written: ${cause.message}`, {
      value: out,
      cause,
      action: toStdout ? 'Keep the reader of the pipe open to the end.' : 'Choose another folder with --out, or check its permissions and the free space.'
    })
  }
  summary.objects = seen.size
  for (const diaObjectId of seen) if (sky.classOf(diaObjectId) === 'Ia') summary.typeIa++
  return summary
}

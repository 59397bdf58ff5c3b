/** Nights of the simulated sky as files: Avro object containers, or what a broker's form has in their place. */
import avsc from 'avsc'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TRUTH_COLUMNS } from '../../alert/input/forms.ts'
import { CandelaError, UsageError } from '../../errors.ts'
import type { AvroForm } from '../broker-forms/container.ts'
import { brokerRecord, filesOf, type Form } from '../broker-forms/forms.ts'
import { bucketPath } from '../broker-forms/pittgoogle.ts'
import { rubinAlert } from '../broker-forms/rubin-alert.ts'
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

/** What a folder has that holds a sky already. */
const OF_NIGHTS = /^night-\d+\.\w+$|^v10_0$/
const PROGRESS_EVERY = 10

type Nights = Iterable<readonly SimulatedAlert[]>

/** One deflated container of all these alerts, into a stream. */
async function writeContainer ({ type, valueOf }: AvroForm, nights: Nights, to: Writable, closes: boolean): Promise<void> {
  function * datums (): Generator<unknown> {
    for (const alerts of nights) for (const { bytes } of alerts) yield valueOf(rubinAlert(bytes))
  }
  await pipeline(Readable.from(datums()), new avsc.streams.BlockEncoder(type, { codec: 'deflate' }), to, { end: closes })
}

/** One alert a line, into a stream. */
async function writeLines (form: Form, nights: Nights, to: Writable, closes: boolean): Promise<void> {
  function * lines (): Generator<Buffer> {
    for (const alerts of nights) for (const alert of alerts) yield Buffer.concat([brokerRecord(alert, form).value, Buffer.from('\n')])
  }
  await pipeline(Readable.from(lines()), to, { end: closes })
}

/** Each alert in a file of its own, in the folders of the broker's bucket. */
async function writeBucket (form: Form, alerts: readonly SimulatedAlert[], out: string): Promise<void> {
  for (const alert of alerts) {
    const path = join(out, ...bucketPath(rubinAlert(alert.bytes)))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, brokerRecord(alert, form).value)
  }
}

async function writeNight (form: Form, alerts: readonly SimulatedAlert[], out: string, number: number): Promise<void> {
  const files = filesOf(form)
  if (files === 'bucket') return await writeBucket(form, alerts, out)
  const stream = createWriteStream(join(out, `night-${String(number).padStart(4, '0')}.${files === 'lines' ? 'jsonl' : 'avro'}`))
  return files === 'lines' ? await writeLines(form, [alerts], stream, true) : await writeContainer(files, [alerts], stream, true)
}

async function writeToStdout (form: Form, nights: Nights): Promise<void> {
  const files = filesOf(form)
  if (files === 'bucket') throw new UsageError(`the form ${form} is a file for each alert, and --out - is one stream`, { value: form, action: 'Give a folder with --out.' })
  return files === 'lines' ? await writeLines(form, nights, process.stdout, false) : await writeContainer(files, nights, process.stdout, false)
}

/**
 * Writes nights 0 to nights − 1 of a sky.
 * @param out a folder, for night-0001.avro and so on (no file for a night without alerts) and truth.csv; or '-' for
 * all on stdout
 * @param onProgress called every tenth night with the number of nights done
 * @param form of the alerts: a container a night for an Avro form, night-0001.jsonl for JSON, the folders of its bucket
 * for Pitt-Google's framed one
 * @throws CandelaError `output-not-writable`, `output-holds-nights`; UsageError for a form that has no one stream
 */
export async function writeNights (
  options: SkyOptions, nights: number, out: string, onProgress: (nights: number) => void, form: Form = 'rubin'
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
      await writeToStdout(form, each())
    } else {
      await mkdir(out, { recursive: true })
      if ((await readdir(out)).some(name => OF_NIGHTS.test(name))) {
        throw new CandelaError('output-holds-nights', `${out} holds nights of a sky already`, {
          value: out, action: 'Choose another folder with --out, or remove what is in it: two skies must not be mixed.'
        })
      }
      let number = 0
      for (const alerts of each()) {
        number++
        if (alerts.length > 0) await writeNight(form, alerts, out, number)
      }
      const rows = [...seen].map(diaObjectId => {
        const { class: skyClass, redshift, peakMjdTai } = sky.truth(diaObjectId)
        return `${diaObjectId},${skyClass},${redshift?.toFixed(4) ?? ''},${peakMjdTai?.toFixed(3) ?? ''}`
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

/** `candela replay`: alert files through the processor, one line of NDJSON an alert. */
import { Command, Option } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { App } from '../../app.ts'
import type { ReceivedAlert } from '../../alert/alert.ts'
import { readAlertFiles } from '../../alert/input/alert-files.ts'
import { DIALECT_NAMES, type DialectName } from '../../alert/dialect-names.ts'
import type { Given } from '../../alert/given.ts'
import { BatchWeight } from '../../alert/batch-weight.ts'
import { STDIN } from '../../alert/input/paths.ts'
import { PointReport } from '../../alert/points/point-report.ts'
import type { SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { describeAccounting } from './accounting-line.ts'
import { addFeedFlags, feedRequestOf, KAFKA_FLAGS, type FeedFlags } from '../flags/kafka.ts'
import { FileReport } from '../file-report.ts'
import { outcomeLines } from './outcome-lines.ts'
import { stdoutUntilStopped, type Output } from '../output.ts'
import { positionName, readPosition, ReplayProgress, type ReplayPosition } from './position.ts'
import { addGivenFlags, givenOf, type GivenFlags } from '../flags/given.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'
import { share } from '../flags/share.ts'
import { wholeNumber } from '../flags/whole-number.ts'

/** Alerts of one commit without --batch; outcomes do not depend on it. */
const BATCH = 512

export function replayCommand (): Command {
  const command = new Command('replay')
    .description('classify the alerts of files, in the order given; one line of NDJSON an alert on stdout, the accounting on stderr; or feed a topic of Kafka with their packets')
    .argument('<path...>', 'SNANA .DAT files or HEAD/PHOT.FITS pairs, Avro alert files (LSST, ELAsTiCC and ZTF containers, framed LSST alerts), JSON alert files (one alert, a list, or one a line), light curves in tables (CSV, ECSV, VOTable, FITS, ZTF\'s and ATLAS\'s forced photometry), folders, lists and tar archives of them, each gzipped, xz or zstd, or - for standard input')
    .addOption(new Option('--dialect <name>', 'survey dialect of the alert files; without it the bytes decide').choices(DIALECT_NAMES))
    .addOption(new Option('--min-reliability <score>', 'real–bogus score, 0 to 1, below which sources are left out; without it the survey\'s own: 0.1 for LSST, 0 for ZTF').argParser(share('min-reliability')))
    .option('--data-dir <folder>', 'state store to use and keep; without it a temporary one is used and removed')
    .option('--resume', 'go on behind the last commit of an earlier replay of the same paths into --data-dir, however it ended')
    .option('--batch <n>', 'alerts of one commit; a kill loses at most the work on these', wholeNumber('batch', 1), BATCH)
  return addSettingFlags(addFeedFlags(addGivenFlags(command)), ['model', 'classShares', 'engine', 'bandNames', 'schemaDir', 'schemaRegistry', 'unreadableAlerts', ...KAFKA_FLAGS])
    .addHelpText('after', `
A file or an alert that cannot be read becomes a dead letter; the alerts around it are processed, and the exit code is 1.

Examples:
  candela replay DES_SN000488.DAT
  candela replay SIMGEN_PUBLIC_DES.tar.xz | jq -c 'select(.probabilityIa > 0.9)'
  candela replay --data-dir ./data night-0001.avro night-0002.avro
  candela replay --data-dir ./data --resume alerts/
  candela replay ztf_public_20260322.tar.gz
  candela replay batchfp_req0000123456_lc.txt --object ZTF21abcdefg
  candela replay SN2021abc.csv --columns time=JD,band=filter,mag=m,magerr=dm,timescale=utc
  curl -s https://example.org/night.ndjson.gz | candela replay -
  candela replay --to kafka --topic lsst-alerts --compression zstd alerts/`)
    .action(replay)
}

type ReplayOptions = Partial<Record<SettingName | 'config', string>> & FeedFlags & GivenFlags & { dialect?: DialectName, minReliability?: number, resume?: true, batch: number }

async function replay (paths: string[], { dialect, minReliability, resume, batch: batchSize, columns, object, schema, ...options }: ReplayOptions): Promise<void> {
  const request = feedRequestOf(options)
  const given: Given = {
    ...givenOf({ ...columns && { columns }, ...object !== undefined && { object }, ...schema !== undefined && { schema } }),
    ...minReliability !== undefined && { minReliability }
  }
  if (request !== undefined) {
    const stray = (['dataDir', 'model', 'classShares', 'engine'] as const).find(name => options[name] !== undefined) ?? (resume && 'resume') ?? (minReliability !== undefined && 'min-reliability')
    if (stray) throw new UsageError(`--to kafka and --${stray === 'dataDir' ? 'data-dir' : stray} are both given`, { action: 'With --to kafka nothing is classified: leave it out.' })
    const { replayToKafka } = await import('./to-kafka.ts')
    await replayToKafka(paths, { dialect, given }, request, settingsOf(options))
    return
  }
  const repeatable = options.dataDir !== undefined && !paths.includes(STDIN)
  if (resume && !repeatable) {
    throw new UsageError(options.dataDir === undefined ? '--resume without --data-dir' : '--resume with standard input', {
      action: options.dataDir === undefined ? 'Name the data folder of the replay that is to go on.' : 'Give files: what was read from standard input cannot be read again.'
    })
  }
  const settings = settingsOf(options)
  const { createApp } = await import('../../app.ts')
  const temporary = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'candela-replay-')) : undefined
  const output = stdoutUntilStopped()
  try {
    const app = await createApp({ ...settings, dataDir: temporary ?? settings.dataDir }, say)
    try {
      const name = repeatable ? positionName(paths) : undefined
      const committed = resume && name !== undefined ? committedOf(app, name) : undefined
      const files = new FileReport(say)
      const report = new PointReport(say)
      const alerts = readAlertFiles(paths, { schemas: app.schemas, dialect, given, report, mostUnreadable: settings.unreadableAlerts, signal: output.signal, ...files.listeners })
      await replayInto(app, alerts, output, { batchSize, name, committed, report, files })
    } finally {
      await app.close()
    }
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
  if (output.stoppedBy !== null) process.exitCode = 1
}

const say = (message: string): void => { process.stderr.write(`candela: ${message}\n`) }

function committedOf ({ store }: App, name: string): ReplayPosition | undefined {
  const position = readPosition(store.position(name))
  say(position === undefined ? 'nothing of these paths is committed: from the beginning' : `on after ${position.alerts} alerts committed earlier`)
  return position
}

interface ReplayRun {
  /** Alerts of one commit. */
  batchSize: number
  /** Under which the position is kept, if it is. */
  name: string | undefined
  /** What of the alerts is committed already. */
  committed: ReplayPosition | undefined
  /** Of the points that were read. */
  report: PointReport
  files: FileReport
}

async function replayInto (app: App, alerts: AsyncIterable<ReceivedAlert>, output: Output, { batchSize, name, committed, report, files }: ReplayRun): Promise<void> {
  const { signal } = output
  const before = app.store.reader.statistics().accounting
  const began = performance.now()
  const toLine = outcomeLines()
  const progress = new ReplayProgress()
  const weight = new BatchWeight()
  let batch: ReceivedAlert[] = []
  let done = 0
  let shown = began
  const flush = async (): Promise<void> => {
    const outcomes = await app.processor.process(batch, name === undefined ? {} : { [name]: progress.position })
    const classifier = { classifierName: app.model.name, classifierVersion: app.model.version }
    await output.write(outcomes.map((outcome, k) => toLine({ ...outcome, ...classifier }, batch[k]!.origin)).join(''))
    done += batch.length
    for (const received of batch) files.add(received)
    // Without this pause commits may follow each other without a turn of the event loop, which delivers signals.
    await setImmediate()
    batch = []
    weight.clear()
    if (process.stderr.isTTY && performance.now() - shown > 1000) {
      shown = performance.now()
      process.stderr.write(`${done} alerts, ${(done / (shown - began) * 1000).toFixed(0)} alerts/s\n`)
    }
  }
  for await (const received of progress.behind(committed, alerts, signal)) {
    batch.push(received)
    if (weight.add(received) || batch.length === batchSize) await flush()
  }
  if (!signal.aborted && batch.length > 0) await flush()
  const seconds = (performance.now() - began) / 1000
  const { accounting } = app.store.reader.statistics()
  const parts = [describeAccounting(accounting, before), report.end(), ...files.end()].filter(part => part !== '')
  process.stderr.write(`${parts.join('; ')}; ${(done / seconds).toFixed(0)} alerts/s, engine ${app.engine.name}, model ${app.processor.model}\n`)
  if (done === 0 && committed === undefined && !signal.aborted) say('no alert in what was given: docs/alerts.md says what is read in folders and archives, and an object without a detection gives none')
  if (output.stoppedBy !== null) say(`stopped by ${output.stoppedBy}; ${done} alerts were processed${name === undefined ? '' : ', --resume goes on behind them'}`)
  if (accounting.deadLettered > before.deadLettered) process.exitCode = 1
}

/** `candela simulate`: alerts of a simulated sky as files or into a topic; with --sky, the light curves of a survey. */
import { Command, Option } from 'commander'
import type { SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { compressionOf, FORMS, type Form } from '../../simulator/broker-forms/forms.ts'
import { writeNights } from '../../simulator/live/night-files.ts'
import { DEFAULT_ACTIVE_OBJECTS, DEFAULT_START } from '../../simulator/live/sky.ts'
import { addFeedFlags, feedRequestOf, KAFKA_FLAGS, type FeedFlags } from '../flags/kafka.ts'
import { addSettingFlags, settingsOf } from '../flags/settings.ts'
import { addPageFlags, pageCommandOf, type PageFlags } from './page-flags.ts'
import { wholeNumber } from '../flags/whole-number.ts'
import { addSkyFlags, checkMixture, DEFAULT_OBJECTS, type SkyFlags } from './sky-flags.ts'

interface SimulateOptions extends FeedFlags, SkyFlags, Omit<PageFlags, 'out' | 'json'>, Partial<Record<SettingName | 'config', string>> {
  nights: number
  seed: number
  objects?: number
  start: number
  form: Form
  out?: string
  json?: true
}

export function simulateCommand (): Command {
  const command = new Command('simulate')
    .enablePositionalOptions()
    .description('write the alerts of a simulated sky: LSST alerts v10.0, or a broker\'s form of them, one file a night; or feed a topic of Kafka with them; with --sky, write the light curves of a survey as SNANA files')
    .option('--seed <n>', 'names the sky: the same seed gives the same bytes', wholeNumber('seed', 0), 1)
    .option('--objects <n>', `mean number of objects that are detectable at a time (default: ${DEFAULT_ACTIVE_OBJECTS}); with --sky, number of light curves (default: ${DEFAULT_OBJECTS})`, wholeNumber('objects', 1))
    .option('--out <folder>', 'folder for night-0001.avro … and truth.csv, with --sky for CANDELA_LSST-0001_HEAD.FITS … (default: ./simulated); - writes all nights to stdout')
    .option('--json', 'print a summary, or the table of --rates, as JSON to stdout (not with --out -)')
  addSkyFlags(command)
    .optionsGroup('Alerts night after night:')
    .option('--nights <n>', 'number of nights', wholeNumber('nights', 1), 30)
    .option('--start <mjd>', 'evening of the first night, MJD TAI', wholeNumber('start', 50_000), DEFAULT_START)
    .addOption(new Option('--form <name>', 'how the alerts are written: as Rubin sends them, or as a broker passes them on (docs/kafka.md)').choices(FORMS).default('rubin'))
  return addPageFlags(addSettingFlags(addFeedFlags(command), KAFKA_FLAGS))
    .addHelpText('after', `
Examples:
  candela simulate --nights 30 --seed 7 --out simulated
  candela replay simulated
  candela simulate --nights 30 --to kafka --topic lsst-alerts --rate 200 --burst 50
  candela simulate --nights 30 --to kafka --topic babamul.lsst.no-ztf-match.hosted --form babamul
  candela simulate --sky lsst --sources templates --objects 100000 --seed 7 --out lsst
  candela simulate --sky ztf --sources templates --rates
  candela simulate --compare ztf-ia.tar.xz ztf-bts.tar.xz --with sky-ztf --least-snr 5 --out comparison
  candela simulate --gallery sky-ztf --each 40 --out gallery

With a broker's form the record has that broker's key, headers and compression. A folder gets containers of the Avro
forms, night-0001.jsonl of the JSON forms, and Pitt-Google's framed messages as they lie in its bucket.

truth.csv (diaObjectId,class,redshift,peakMjdTai) has the class of every object; the alerts do not.
In a night that the weather takes no alert is written.`)
    .action(simulate)
}

async function simulate (options: SimulateOptions, command: Command): Promise<void> {
  const page = pageCommandOf(command)
  if (page === 'compare') return await (await import('./compare.ts')).compareLightCurves({ ...options, compare: options.compare! })
  if (page === 'gallery') return await (await import('./gallery.ts')).drawGallery({ ...options, gallery: options.gallery! })
  checkMixture(command, options)
  if (options.sky !== undefined || options.printSettings) return await (await import('./sky.ts')).simulateSky(options)
  const { nights, seed, objects: activeObjects = DEFAULT_ACTIVE_OBJECTS, start: startMjdTai, form, out = './simulated', json } = options
  const request = feedRequestOf(options, compressionOf(form))
  if (request !== undefined) {
    if (options.out !== undefined) throw new UsageError('--to kafka and --out are both given', { action: 'Leave one of them out.' })
    const { simulateToKafka } = await import('./to-kafka.ts')
    const summary = await simulateToKafka({ seed, activeObjects, startMjdTai }, nights, form, request, settingsOf(options))
    if (json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    return
  }
  if (out === '-' && json) throw new UsageError('--json and --out - both want stdout', { action: 'Leave one of them out.' })
  const began = Date.now()
  const summary = await writeNights({ seed, activeObjects, startMjdTai }, nights, out, night => {
    const rate = night / ((Date.now() - began) / 1000)
    process.stderr.write(`night ${night} of ${nights}, ${rate.toFixed(1)} nights/s, ${Math.ceil((nights - night) / rate)} s left\n`)
  }, form)
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  else process.stderr.write(`${summary.alerts} alerts of ${summary.objects} objects in ${summary.nights} nights (${summary.nightsLost} lost to the weather) → ${out === '-' ? 'stdout' : out}\n`)
}

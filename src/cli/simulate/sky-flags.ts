/** Flags of `candela simulate --sky`: light curves of a survey as SNANA files, and its mix of alerts. */
import { Option, type Command } from 'commander'
import { availableParallelism } from 'node:os'
import { UsageError } from '../../errors.ts'
import { SKIES, type SkyName } from '../../simulator/passbands/surveys.ts'
import { SKY_CLASSES, type SkyClass } from '../../simulator/sources/source.ts'
import { wholeNumber } from '../flags/whole-number.ts'

export interface SkyFlags {
  sky?: SkyName
  sources?: string
  settings?: string
  classes?: SkyClass[]
  jobs?: number
  gzip?: true
  force?: true
  rates?: true
  attempts?: number
  shares?: string
  followed?: number
  printSettings?: true
}

/** Flags of both kinds of simulation. */
const SHARED: readonly string[] = ['seed', 'objects', 'out', 'json']
const SKY_FLAGS: ReadonlyArray<keyof SkyFlags> = ['sources', 'settings', 'classes', 'jobs', 'gzip', 'force', 'rates', 'attempts', 'shares', 'followed', 'printSettings']
/** What --rates has no use for. */
const FILES: readonly string[] = ['objects', 'out', 'gzip', 'force']

export const DEFAULT_OBJECTS = 10_000
export const DEFAULT_ATTEMPTS = 400
/** The year in which a service starts. */
export const DEFAULT_FOLLOWED = 1

function classList (text: string): SkyClass[] {
  const names = text.split(',').map(name => name.trim())
  const unknown = names.find(name => !(SKY_CLASSES as readonly string[]).includes(name))
  if (unknown === undefined) return names as SkyClass[]
  throw new UsageError(`--classes: '${unknown}' is no class; the classes are ${SKY_CLASSES.join(', ')}`, { value: unknown })
}

export const addSkyFlags = (command: Command): Command => command
  .optionsGroup('Light curves of a survey (docs/simulation.md):')
  .addOption(new Option('--sky <name>', 'the survey; generic has the bands of LSST at cadences and depths of any').choices(SKIES))
  .option('--sources <folder>', 'the folder of templates that the sky is made from')
  .option('--settings <file>', 'JSON of shares, rates, redshift ranges and skies of the classes')
  .option('--print-settings', 'print the settings as they are, with those of --settings, and end')
  .option('--classes <list>', 'only these classes, as Ia,II,AGN', classList)
  .option('--jobs <n>', `threads that simulate; the files do not depend on it (default: ${availableParallelism()}, one a core)`, wholeNumber('jobs', 1))
  .option('--gzip', 'write .FITS.gz')
  .option('--force', 'replace the simulation of the same sky that is in the folder')
  .option('--rates', 'print the mix that the survey alerts on, by class, and write no files')
  .option('--attempts <n>', `with --rates: objects of each class that are tried (default: ${DEFAULT_ATTEMPTS})`, wholeNumber('attempts', 10))
  .option('--shares <file>', 'with --rates: write the shares of the classes by number of detections into this file, as --class-shares of serve takes one')
  .option('--followed <years>', `with --shares: how long the survey has been followed (default: ${DEFAULT_FOLLOWED})`, wholeNumber('followed', 1))

/** `printSettings` → `--print-settings`. */
const spelled = (name: string): string => `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/**
 * That flags of one kind of simulation are not given with the other.
 * @throws UsageError
 */
export function checkMixture (command: Command, { sky, printSettings, rates }: SkyFlags): void {
  const given = command.options.map(option => option.attributeName()).filter(name => command.getOptionValueSource(name) === 'cli')
  const isSkyFlag = (name: string): boolean => (SKY_FLAGS as readonly string[]).includes(name)
  if (sky === undefined && printSettings !== true) {
    const stray = given.find(isSkyFlag)
    if (stray !== undefined) throw new UsageError(`${spelled(stray)} without --sky`, { action: `Name the survey with --sky: ${SKIES.join(', ')}.` })
    return
  }
  const stray = given.find(name => name !== 'sky' && !isSkyFlag(name) && !SHARED.includes(name))
  if (stray !== undefined) {
    throw new UsageError(`${spelled(stray)} and ${sky === undefined ? '--print-settings' : '--sky'} are both given: it belongs to the alerts of nights`, { action: 'Leave one of them out.' })
  }
  const useless = rates === true ? given.find(name => FILES.includes(name)) : undefined
  if (useless !== undefined) throw new UsageError(`${spelled(useless)} and --rates are both given, and --rates writes no files`, { action: 'Leave one of them out.' })
  const ofRates = rates === true ? undefined : given.find(name => ['attempts', 'shares'].includes(name))
  if (ofRates !== undefined) throw new UsageError(`--${ofRates} without --rates`, { action: 'Add --rates, or leave it out.' })
  if (given.includes('followed') && !given.includes('shares')) throw new UsageError('--followed without --shares', { action: 'Name a file for the shares with --shares, or leave it out.' })
}

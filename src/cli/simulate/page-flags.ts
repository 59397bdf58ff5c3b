/** The flags of `candela simulate --compare` and `--gallery`, which read light curves and write pages. */
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { numberFrom } from '../flags/number.ts'
import { share } from '../flags/share.ts'
import { wholeNumber } from '../flags/whole-number.ts'

export interface PageFlags {
  compare?: string[]
  with?: string[]
  leastSnr?: number
  brighterThan?: number
  limit?: number
  gallery?: string[]
  each?: number
  out?: string
  json?: true
}

/** Of each command that writes pages, beside its own flag: those that belong to it. */
const BELONGING = {
  compare: ['with', 'leastSnr', 'brighterThan', 'limit', 'out', 'json'],
  gallery: ['each', 'out', 'json']
} as const
export type PageCommand = keyof typeof BELONGING

export const addPageFlags = (command: Command): Command => command
  .optionsGroup('Pages of light curves:')
  .option('--compare <path...>', 'write a page of real light curves beside simulated ones (--with), by class, into the folder --out; both are SNANA text files or HEAD/PHOT.FITS pairs, folders and archives of them')
  .option('--with <path...>', 'the simulated light curves of --compare')
  .option('--least-snr <n>', 'with --compare: leave out points whose |S/N| is smaller, on both sides; 5 where the real light curves are detections alone', numberFrom('least-snr', 0, 1000))
  .option('--brighter-than <mag>', 'with --compare: only objects with a detection that is brighter, on both sides', numberFrom('brighter-than', 0, 40))
  .option('--limit <d>', 'with --compare: the distance of two distributions above which they are said to differ (default: 0.2)', share('limit'))
  .option('--gallery <path...>', 'write sheets of light curves to look at, by class, into the folder --out')
  .option('--each <n>', 'with --gallery: light curves of each class (default: 40)', wholeNumber('each', 1))

/**
 * Which page is asked for, if any.
 * @throws UsageError where a flag is given that has no meaning with the others
 */
export function pageCommandOf (command: Command): PageCommand | null {
  const given = command.options.filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
  const names = (Object.keys(BELONGING) as PageCommand[]).filter(name => given.some(option => option.attributeName() === name))
  const [name] = names
  if (names.length > 1) throw new UsageError('--compare and --gallery are both given', { action: 'Give one of them.' })
  const allowed: readonly string[] = name === undefined ? [] : [name, ...BELONGING[name]]
  const pageFlags: readonly string[] = Object.entries(BELONGING).flat(2).filter(flag => flag !== 'out' && flag !== 'json')
  const wrong = given.find(option => name === undefined ? pageFlags.includes(option.attributeName()) : !allowed.includes(option.attributeName()))
  if (wrong !== undefined) throw new UsageError(name === undefined ? `${wrong.long} is given without --compare or --gallery` : `${wrong.long} has no meaning with --${name}`, { value: wrong.long, action: 'Leave it out; `candela simulate --help` says what belongs together.' })
  return name ?? null
}

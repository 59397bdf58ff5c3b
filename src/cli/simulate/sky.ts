/** `candela simulate --sky`: the light curves of a survey as SNANA files. */
import { availableParallelism } from 'node:os'
import { UsageError } from '../../errors.ts'
import { checkShares, onlyClasses, parseSettings, readSettings } from '../../simulator/read-settings.ts'
import { allClasses } from '../../simulator/settings.ts'
import type { SimulationSettings } from '../../simulator/settings.ts'
import { MOST_OBJECTS } from '../../simulator/snana/survey-names.ts'
import type { SkyOptions } from '../../simulator/workers/tasks.ts'
import { SIMULATED_SKY, writeSky } from '../../simulator/workers/write-sky.ts'
import { VERSION } from '../../version.ts'
import { stdoutUntilStopped } from '../output.ts'
import { Progress } from './progress.ts'
import { printRates } from './rates.ts'
import { DEFAULT_ATTEMPTS, DEFAULT_FOLLOWED, DEFAULT_OBJECTS, type SkyFlags } from './sky-flags.ts'

export interface SkyCommand extends SkyFlags {
  seed: number
  objects?: number
  out?: string
  json?: true
}

/** @throws UsageError */
function settingsOf ({ sky, settings: file, classes }: SkyCommand): SimulationSettings {
  const settings = file === undefined ? parseSettings({}, '') : readSettings(file)
  if (sky === undefined) return settings
  const chosen = classes === undefined ? settings : onlyClasses(settings, sky, classes)
  checkShares(chosen, sky, file === undefined ? '--sky' : `--settings ${file}`)
  return chosen
}

export async function simulateSky (command: SkyCommand): Promise<void> {
  const { sky, sources, seed, objects = DEFAULT_OBJECTS, out = './simulated', jobs = availableParallelism(), gzip = false, force = false, json } = command
  const settings = settingsOf(command)
  if (command.printSettings) {
    process.stdout.write(`${JSON.stringify({ classes: allClasses(settings) }, null, 2)}\n`)
    return
  }
  if (sources === undefined) throw new UsageError('--sky without --sources', { action: 'Name the folder of templates with --sources; docs/simulation.md says what lies in it and where each file can be had.' })
  if (out === '-') throw new UsageError('--out - and --sky are both given: SNANA files are several', { action: 'Name a folder with --out.' })
  if (objects > MOST_OBJECTS) throw new UsageError(`--objects is ${objects}, at most ${MOST_OBJECTS} are simulated under one seed`, { value: objects })
  const options: SkyOptions = { sky: sky!, folder: sources, seed, settings }
  if (command.rates) {
    const shares = command.shares === undefined ? null : { file: command.shares, settings: command.settings ?? null, classes: command.classes ?? null }
    return await printRates(options, { attempts: command.attempts ?? DEFAULT_ATTEMPTS, followed: command.followed ?? DEFAULT_FOLLOWED, shares }, jobs, json === true)
  }
  const output = stdoutUntilStopped()
  const progress = new Progress('light curves', objects)
  try {
    const summary = await writeSky({ sky: options, module: SIMULATED_SKY, objects, folder: out, jobs, gzip, force, version: VERSION, onProgress: done => progress.done(done), signal: output.signal })
    const seconds = progress.end()
    if (output.stoppedBy !== null) {
      process.stderr.write(`candela: stopped by ${output.stoppedBy} after ${summary.objects} of ${objects} light curves; the files that are there are whole\n`)
      process.exitCode = 1
    }
    const { objects: written, observations, pairs, classes, givenUp } = summary
    if (json) await output.write(`${JSON.stringify({ sky, seed, objects: written, observations, pairs, classes, givenUp, seconds: Math.round(seconds * 10) / 10 })}\n`)
    process.stderr.write(`${summary.objects} light curves with ${summary.observations} observations in ${summary.pairs.length} pairs of files → ${out} (${Math.round(seconds)} s)\n`)
    const few = Object.entries(givenUp).map(([skyClass, count]) => `${skyClass} ${count}`)
    if (few.length > 0) process.stderr.write(`given up, as the survey alerted on no draw, and replaced by another class: ${few.join(', ')}\n`)
  } finally {
    progress.end()
  }
}

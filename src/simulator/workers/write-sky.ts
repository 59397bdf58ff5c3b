/** A whole simulation: threads make the light curves, and they go to the disk in their order. */
import { bandsOfSky } from '../passbands/surveys.ts'
import { allClasses } from '../settings.ts'
import { layoutsOf } from '../snana/block.ts'
import { readmeOf } from '../snana/readme.ts'
import { clearFolder, prepareFolder, SnanaFiles, type WrittenSky } from '../snana/snana-files.ts'
import { filterOf } from '../snana/survey-names.ts'
import type { SkyClass } from '../sources/source.ts'
import type { BlockTask, SkyOptions } from './tasks.ts'
import { SkyThreads } from './threads.ts'

/** Objects of one block; the objects of a pair of files are a multiple of it. */
const OBJECTS_PER_BLOCK = 50

/** Opens the simulated sky in a thread; of this very kind, .ts or .js. */
export const SIMULATED_SKY = new URL(`simulated-sky${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)

export interface WriteSkyOptions {
  sky: SkyOptions
  objects: number
  folder: string
  jobs: number
  gzip: boolean
  /** Remove the files of an earlier simulation of the sky. */
  force: boolean
  /** Of the program. */
  version: string
  /** URL of a module that exports `openSky`. */
  module?: URL
  objectsPerPair?: number
  /** Told how many objects are written. */
  onProgress?: (objects: number) => void
  /** What is made is written, and whole, where it aborts. */
  signal?: AbortSignal
}

export interface SkySummary extends WrittenSky {
  /** Objects of each class that the survey did not alert on in many draws, so that another class took their place. */
  givenUp: Partial<Record<SkyClass, number>>
}

function * blocks (objects: number): Generator<BlockTask> {
  for (let first = 0; first < objects; first += OBJECTS_PER_BLOCK) yield { kind: 'block', first, count: Math.min(OBJECTS_PER_BLOCK, objects - first) }
}

/**
 * The same options give the same files, whatever `jobs` is.
 * @throws CandelaError `files-there`, `output-not-writable`, and what the simulation says; pairs of files that are whole stay
 */
export async function writeSky ({ sky, objects, folder, jobs, gzip, force, version, module = SIMULATED_SKY, objectsPerPair, onProgress, signal }: WriteSkyOptions): Promise<SkySummary> {
  const bands = bandsOfSky(sky.sky)
  const facts = { sky: sky.sky, filters: bands.map(filterOf).join(''), seed: sky.seed, version }
  const files = new SnanaFiles({ folder, gzip, ...facts, ...objectsPerPair !== undefined && { objectsPerPair } }, layoutsOf(sky.sky, bands, sky.seed))
  const givenUp: Partial<Record<SkyClass, number>> = {}
  const threads = new SkyThreads(module, sky, Math.min(jobs, Math.ceil(objects / OBJECTS_PER_BLOCK)))
  let done = 0
  try {
    await prepareFolder(folder, sky.sky, force)
    for await (const block of threads.results(blocks(objects), signal)) {
      // What was there before goes when there is something in its place.
      if (done === 0) await clearFolder(folder, sky.sky)
      await files.add(block)
      for (const [skyClass, count] of Object.entries(block.givenUp) as Array<[SkyClass, number]>) givenUp[skyClass] = (givenUp[skyClass] ?? 0) + count
      done += block.objects.length
      onProgress?.(done)
    }
    if (done > 0) await files.finish(written => readmeOf({ ...facts, objects, classes: allClasses(sky.settings) }, written))
    return { ...files.written, givenUp }
  } finally {
    await threads.close()
    await files.abandon()
  }
}

/**
 * A simulation as SNANA has it: PREFIX-0001_HEAD.FITS with PREFIX-0001_PHOT.FITS and so on, PREFIX.LIST with the names of
 * the HEAD files, PREFIX.README. Observations go to the disk as they come; HEAD is kept for the objects of one pair.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CandelaError } from '../../errors.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { SkyClass } from '../sources/source.ts'
import type { Block, Layouts } from './block.ts'
import { typeCode } from './class-codes.ts'
import { withParameters } from './head-table.ts'
import { PHOTFLAG_DETECT, PHOTFLAG_TRIGGER, UNKNOWN } from './phot-table.ts'
import { prefixOf, SURVEY_NAMES } from './survey-names.ts'
import { notWritable, TableFile, UNFINISHED } from './table-file.ts'
import { card } from './table-layout.ts'

export const OBJECTS_PER_PAIR = 10_000

export interface SnanaFilesOptions {
  folder: string
  sky: SkyName
  /** Letters of the bands, in their order: ugrizY. */
  filters: string
  seed: number
  /** Version of the program. */
  version: string
  gzip: boolean
  objectsPerPair?: number
}

/** What was written. */
export interface WrittenSky {
  objects: number
  observations: number
  /** Names of the HEAD files. */
  pairs: string[]
  /** Objects of each class. */
  classes: Partial<Record<SkyClass, number>>
  /** Class of each code of SIM_TYPE_INDEX. */
  codes: Record<number, SkyClass>
}

/** Names of a sky's files in a folder, unfinished ones too. */
async function filesOf (folder: string, prefix: string): Promise<string[]> {
  const name = new RegExp(`^${prefix}(-\\d{4,}_(HEAD|PHOT)\\.FITS(\\.gz)?|\\.LIST|\\.README)(${UNFINISHED.replace('.', '\\.')})?$`)
  return (await readdir(folder)).filter(file => name.test(file)).sort()
}

/**
 * Makes the folder.
 * @param replace an earlier simulation of the sky may be there; otherwise it is an error
 * @throws CandelaError `files-there`, `output-not-writable`
 */
export async function prepareFolder (folder: string, sky: SkyName, replace: boolean): Promise<void> {
  let there: string[]
  try {
    await mkdir(folder, { recursive: true })
    // What an interrupted run left is nobody's.
    there = (await filesOf(folder, prefixOf(sky))).filter(name => !name.endsWith(UNFINISHED))
  } catch (cause) {
    throw notWritable(folder, cause)
  }
  if (there.length === 0 || replace) return
  throw new CandelaError('files-there', `${folder} holds a simulation already: ${there[0]} and ${there.length - 1} more files`, {
    value: folder, action: 'Choose another folder with --out, or replace it with --force.'
  })
}

/**
 * Removes the files of the sky, those that an interrupted run left too.
 * @throws CandelaError `output-not-writable`
 */
export async function clearFolder (folder: string, sky: SkyName): Promise<void> {
  try {
    for (const name of await filesOf(folder, prefixOf(sky))) await rm(join(folder, name))
  } catch (cause) {
    throw notWritable(folder, cause)
  }
}

const pairName = (prefix: string, number: number): string => `${prefix}-${String(number).padStart(4, '0')}`

export class SnanaFiles {
  readonly written: WrittenSky = { objects: 0, observations: 0, pairs: [], classes: {}, codes: {} }
  readonly #options: SnanaFilesOptions
  readonly #layouts: Layouts
  readonly #prefix: string
  readonly #objectsPerPair: number
  #phot: TableFile<never> | null = null
  #head: Array<Pick<Block, 'head' | 'objects'>> = []
  #objects = 0

  /** @param options.folder made by prepareFolder */
  constructor (options: SnanaFilesOptions, layouts: Layouts) {
    this.#options = options
    this.#layouts = layouts
    this.#prefix = prefixOf(options.sky)
    this.#objectsPerPair = options.objectsPerPair ?? OBJECTS_PER_PAIR
  }

  /** How many objects fit into the pair that is being written: a block has at most so many. */
  get room (): number {
    return this.#objectsPerPair - this.#objects
  }

  /** @throws CandelaError `output-not-writable` */
  async add ({ head, phot, objects }: Block): Promise<void> {
    this.#phot ??= await TableFile.create(join(this.#options.folder, `${this.#name}_PHOT.FITS`), this.#layouts.phot, this.#cards(), this.#options.gzip) as TableFile<never>
    this.#placeRows(head, this.#phot.rows)
    await this.#phot.append(phot)
    this.#head.push({ head, objects })
    this.#objects += objects.length
    if (this.room <= 0) await this.#finishPair()
  }

  /** Ends the last pair, and writes the list and the README. */
  async finish (readme: (written: WrittenSky) => string): Promise<void> {
    if (this.#phot !== null) await this.#finishPair()
    await this.#write(`${this.#prefix}.LIST`, this.written.pairs.map(name => `${name}\n`).join(''))
    await this.#write(`${this.#prefix}.README`, readme(this.written))
  }

  /** Leaves nothing of the pair that is being written; whole ones stay. */
  async abandon (): Promise<void> {
    await this.#phot?.abandon()
    this.#phot = null
  }

  get #name (): string {
    return pairName(this.#prefix, this.written.pairs.length + 1)
  }

  #cards (): string[] {
    const { sky, filters, seed, version } = this.#options
    return [
      card('SIMPLE', true), card('BITPIX', 8), card('NAXIS', 0), card('EXTEND', true),
      card('SURVEY', SURVEY_NAMES[sky]), card('FILTERS', filters), card('VERSION', this.#prefix), card('PHOTFILE', `${this.#name}_PHOT.FITS`),
      card('DATATYPE', 'SIM_MAGOBS', 'simulated: the columns SIM_... have the truth'), card('ZP_FLUXCAL', 27.5, 'AB'),
      card('PHOTFLAG_DETECT', PHOTFLAG_DETECT), card('PHOTFLAG_TRIGGER', PHOTFLAG_TRIGGER),
      card('SIM_SEED', seed), card('CREATOR', `Candela ${version}`)
    ]
  }

  /** Moves the rows of a block to their place in PHOT. */
  #placeRows (head: Uint8Array<ArrayBuffer>, rows: number): void {
    const { rowBytes } = this.#layouts.head
    const target = Buffer.from(head.buffer, head.byteOffset, head.length)
    for (const name of ['PTROBS_MIN', 'PTROBS_MAX']) {
      for (let at = this.#layouts.head.offsetOf(name); at < head.length; at += rowBytes) target.writeInt32BE(target.readInt32BE(at) + rows, at)
    }
  }

  async #finishPair (): Promise<void> {
    const base = this.#layouts.head
    const names = [...new Set(this.#head.flatMap(({ objects }) => objects.flatMap(({ parameters }) => Object.keys(parameters))))].sort()
    const layout = withParameters(base, names)
    const file = await TableFile.create(join(this.#options.folder, `${this.#name}_HEAD.FITS`), layout, this.#cards(), this.#options.gzip)
    try {
      for (const { head, objects } of this.#head) {
        const rows = Buffer.alloc(objects.length * layout.rowBytes)
        objects.forEach(({ parameters }, k) => {
          rows.set(head.subarray(k * base.rowBytes, (k + 1) * base.rowBytes), k * layout.rowBytes)
          names.forEach((name, n) => rows.writeFloatBE(parameters[name] ?? UNKNOWN, k * layout.rowBytes + base.rowBytes + 4 * n))
        })
        await file.append(rows)
      }
      // PHOT first: a HEAD file that is there has its photometry.
      await this.#phot!.finish()
      await file.finish()
    } catch (error) {
      await file.abandon()
      throw error
    }
    for (const { objects } of this.#head) for (const object of objects) this.#count(object)
    this.written.pairs.push(file.path.slice(file.path.lastIndexOf(this.#name)))
    this.#phot = null
    this.#head = []
    this.#objects = 0
  }

  #count ({ class: skyClass, subtype, observations }: Block['objects'][number]): void {
    this.written.codes[typeCode(skyClass, subtype)] = skyClass
    this.written.objects++
    this.written.observations += observations
    this.written.classes[skyClass] = (this.written.classes[skyClass] ?? 0) + 1
  }

  async #write (name: string, text: string): Promise<void> {
    const path = join(this.#options.folder, name)
    try {
      await writeFile(`${path}${UNFINISHED}`, text)
      await rename(`${path}${UNFINISHED}`, path)
    } catch (cause) {
      throw notWritable(path, cause)
    }
  }
}

/** RR Lyrae of SDSS Stripe 82 in u g r i z: Sesar et al. 2010 (ApJ 708, 717), template light curves and what was fitted of each star. */
import { tarMembers } from '../../alert/input/archive.ts'
import { G, I, R, Y, Z } from '../stars/brightness.ts'
import { Y_PER_Z } from '../stars/stellar-colours.ts'
import { numberRows, readTemplate, readTemplateBytes, templateDamaged } from '../template-files.ts'
import { PULSATION, shapeAt, type PhasedCurve } from './phased-curve.ts'
import { USABLE_STRIPE_82_STARS } from './usable-stars.ts'

const FOLDER = 'periodic/rrlyrae-s82/datasets'
export const STRIPE_82_TEMPLATES = `${FOLDER}/RRLyr_ugriz_templates.tar.gz`
export const STRIPE_82_STARS = `${FOLDER}/S82_RRLyr/table2.dat.gz`
const BANDS_OF_STRIPE_82 = ['u', 'g', 'r', 'i', 'z'] as const
/** Beyond, an epoch of maximum is a poor fit's [cycles]. */
const LARGEST_SHIFT = 0.05

export interface RrLyrae extends PhasedCurve { kind: 'ab' | 'c' }

/** Files '101g.dat' → '101g' and the normalised light curve at equal steps of phase: 0 the brightest, 1 the faintest. */
async function readTemplates (folder: string): Promise<Map<string, Float64Array>> {
  const archive = await readTemplateBytes(folder, STRIPE_82_TEMPLATES)
  const templates = new Map<string, Float64Array>()
  async function * whole (): AsyncGenerator<Buffer> { yield archive }
  const damaged = (message: string): never => { throw templateDamaged(STRIPE_82_TEMPLATES, message) }
  try {
    for await (const { name, pieces } of tarMembers(whole())) {
      if (!/^\d+[ugriz]\.dat$/.test(name)) continue
      const bytes: Buffer[] = []
      for await (const piece of pieces) bytes.push(piece)
      const rows = numberRows(Buffer.concat(bytes).toString('latin1'))
      templates.set(name.replace('.dat', ''), Float64Array.from(rows, row => row[1] ?? NaN))
      if (rows.length < 50 || rows.some((row, k) => row.length !== 2 || Math.abs(row[0]! - k / rows.length) > 0.002)) {
        damaged(`${name} is not at least 50 lines of a phase and a magnitude, at equal steps of phase from 0`)
      }
    }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'templates-damaged') throw cause
    damaged(`the archive cannot be read: ${(cause as Error).message}`)
  }
  return templates
}

/** A line of table 2: id, type, period, and for each band amplitude, magnitude at the brightest moment, its time, template. */
function starOf (words: string[], templates: Map<string, Float64Array>): RrLyrae {
  const damaged = (message: string): never => { throw templateDamaged(STRIPE_82_STARS, `star ${words[0]} ${message}`) }
  const [, kind, ...rest] = words
  const [period, ...fits] = rest.map(Number) as [number, ...number[]]
  if ((kind !== 'ab' && kind !== 'c') || fits.length !== 4 * BANDS_OF_STRIPE_82.length || !fits.every(Number.isFinite) || !(period > 0)) {
    return damaged('does not have a type ab or c, a period, and four numbers a band')
  }
  const epochInG = fits[4 * G + 2]!
  const means: number[] = []
  const shapes = BANDS_OF_STRIPE_82.map((band, b) => {
    const [amplitude, brightest, epoch, number] = fits.slice(4 * b, 4 * b + 4) as [number, number, number, number]
    const template = templates.get(`${number}${band}`) ?? damaged(`has template ${number}${band}, which ${STRIPE_82_TEMPLATES} lacks`)
    const mean = template.reduce((sum, value) => sum + value, 0) / template.length
    means.push(brightest + amplitude * mean)
    const cycles = (epoch - epochInG) / period
    const shift = cycles - Math.round(cycles)
    const phase = Math.abs(shift) < LARGEST_SHIFT ? shift : 0
    return template.map((_, k) => amplitude * (shapeAt(template, k / template.length - phase) - mean))
  })
  shapes.push(shapes[Z]!.map(value => value * PULSATION.y))
  const colours = Float64Array.from([...means, NaN], mean => mean - means[R]!)
  colours[Y] = colours[Z]! + Y_PER_Z * (colours[Z]! - colours[I]!)
  return { kind, period, colours, shapes }
}

/**
 * The stars that no set of real light curves measures with. The magnitudes are corrected for interstellar extinction.
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readStripe82 (folder: string): Promise<RrLyrae[]> {
  const templates = await readTemplates(folder)
  const usable = new Set(USABLE_STRIPE_82_STARS)
  const lines = (await readTemplate(folder, STRIPE_82_STARS)).split('\n').map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'))
  const stars = lines.map(line => line.split(/\s+/)).filter(([id]) => usable.has(Number(id))).map(words => starOf(words, templates))
  if (stars.length === 0) throw templateDamaged(STRIPE_82_STARS, 'it holds none of the stars that the simulator may use: src/simulator/phased/usable-stars.ts names them')
  return stars
}

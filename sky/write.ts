/**
 * npm run sky -- FOLDER: writes sky/lsst.bin, the light curves that `candela serve` shows as its simulated sky, from a
 * folder of templates (docs/simulation.md). The same folder gives the same file.
 */
import { writeFileSync } from 'node:fs'
import { BANDS, nJyOfMagnitude } from '../src/alert/alert.ts'
import { FIVE_SIGMA_MAGNITUDE } from '../src/simulator/live/cadence.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import { writeSkyTable, type SkyTable, type TableEntry } from '../src/simulator/live/sky-table.ts'
import { readPassbands } from '../src/simulator/passbands/surveys.ts'
import { randomFrom, type Random } from '../src/simulator/random.ts'
import { Redshifts } from '../src/simulator/redshifts.ts'
import { DEFAULT_CLASSES } from '../src/simulator/settings.ts'
import { readModels } from '../src/simulator/sources/models.ts'
import { fluxesInAllBands, type SimulatedSource, type SkyClass } from '../src/simulator/sources/source.ts'
import { hostGalaxy } from '../src/simulator/survey/host-galaxy.ts'
import { PRACTICES } from '../src/simulator/survey/practice.ts'
import { templateOfPersistent } from '../src/simulator/survey/template.ts'
import type { Visits } from '../src/simulator/survey/visits.ts'

const SEED = 2026
/** Light curves of each class. */
const ENTRIES: Readonly<Partial<Record<SkyClass, number>>> = {
  Ia: 700, 'Ia-peculiar': 120, Ibc: 300, II: 500, SLSN: 80, TDE: 80, fast: 80, AGN: 700, CV: 250, 'M-dwarf': 250, RRL: 250, Cepheid: 60, DSCT: 80, EB: 300, LPV: 200
}
/**
 * Alerts a night that LSST is expected to give: `candela simulate --sky lsst --rates`. The simulated sky has the square
 * roots of these numbers as parts of its alerts, so that rare classes are met within some nights.
 */
const ALERTS_A_NIGHT: Readonly<Record<SkyClass, number>> = {
  Ia: 12_000, 'Ia-peculiar': 526, Ibc: 2510, II: 13_000, SLSN: 623, TDE: 1430, fast: 40, AGN: 397_000, CV: 852, 'M-dwarf': 751, RRL: 5230, Cepheid: 35, DSCT: 605, EB: 22_700, LPV: 3900, artefact: 42_900
}
/** Nights in which alerts are counted, to know how many an object of each class gives. */
const COUNTED_NIGHTS = 150
const COUNTED_OBJECTS = 800
/** Median depth of a visit [mag], and its flux [nJy]. */
const DEPTH = BANDS.map(band => FIVE_SIGMA_MAGNITUDE[band])
const FAINTEST = DEPTH.map(nJyOfMagnitude)
/** Redshifts are drawn up to where the brightest of a class fade to this depth [mag]. */
const REACH = 24
/** An entry is brighter than this part of the median 5σ somewhere. */
const DETECTED = 1.2
/** A transient's table ends where it is below this part of it in all bands. */
const INVISIBLE = 0.2
const PEAK = 61_500
/** Of a persistent source's table [d]. */
const HALF_SEASON = 60
/** Periods below are folded; a longer one is no shorter than what a season shows [d]. */
const FOLDED = 40
const NO_VISITS: Visits = { mjd: new Float64Array(), band: new Uint8Array(), depth: new Float64Array() }

/** From `first` to `last`, dense around 0. */
function timesAround (first: number, last: number, before: number, after: number): Float64Array {
  const side = (end: number, n: number): number[] => Array.from({ length: n }, (_, k) => end * Math.sinh(2.5 * (k + 1) / n) / Math.sinh(2.5))
  return Float64Array.from([...side(first, before).reverse(), 0, ...side(last, after)])
}

const isSeen = (flux: readonly Float64Array[], k: number, part: number): boolean => flux.some((band, b) => Math.abs(band[k]!) > part * FAINTEST[b]!)
const isEverSeen = (flux: readonly Float64Array[]): boolean => flux[0]!.some((_, k) => isSeen(flux, k, DETECTED))

type Curve = Pick<TableEntry, 'times' | 'flux' | 'period' | 'templateFlux'>

function transientCurve (source: SimulatedSource, templateFlux: number[]): Curve | null {
  const peak = source.peakMjd ?? PEAK
  const offsets = timesAround(Math.max(-80, source.from - peak), Math.min(300, source.until - peak), 12, 30)
  const flux = fluxesInAllBands(source, offsets.map(time => peak + time), BANDS.length)
  if (!isEverSeen(flux)) return null
  let [first, last] = [0, offsets.length - 1]
  while (!isSeen(flux, first, INVISIBLE)) first++
  while (!isSeen(flux, last, INVISIBLE)) last--
  const kept = [Math.max(0, first - 1), Math.min(offsets.length, last + 2)] as const
  return { times: offsets.slice(...kept), flux: flux.map(band => band.slice(...kept)), period: null, templateFlux }
}

/** The whole flux less the template's. */
function persistentCurve (random: Random, source: SimulatedSource, skyClass: SkyClass): Curve | null {
  const template = templateOfPersistent(random, skyClass, source, PEAK - HALF_SEASON, BANDS.length)
  const { period } = source.parameters
  const isFlare = skyClass === 'M-dwarf'
  const isFolded = period !== undefined && period < FOLDED
  const times = isFlare
    ? Float64Array.from({ length: 40 }, (_, k) => -0.01 + 0.3 * (k / 39) ** 2)
    : isFolded ? Float64Array.from({ length: 49 }, (_, k) => period * k / 48) : Float64Array.from({ length: 81 }, (_, k) => HALF_SEASON * (k / 40 - 1))
  const anchor = isFlare ? source.peakMjd! : PEAK
  const flux = fluxesInAllBands(source, times.map(time => anchor + time), BANDS.length).map((band, b) => band.map(value => value - template[b]!))
  return isEverSeen(flux) ? { times, flux, period: isFolded ? period : null, templateFlux: [...template] } : null
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('npm run sky -- FOLDER: name the folder of templates, as docs/simulation.md describes it')
  process.exit(2)
}
const passbands = await readPassbands(folder, 'lsst')
const classes = Object.keys(ENTRIES) as SkyClass[]
const models = await readModels(folder, classes)
const entries: TableEntry[] = []
for (const name of classes) {
  const settings = DEFAULT_CLASSES[name]
  const redshifts = settings.redshift && new Redshifts(settings, 'lsst')
  let [made, tries] = [0, 0]
  for (; made < ENTRIES[name]! && tries < 200 * ENTRIES[name]!; tries++) {
    const random = randomFrom(SEED, classes.indexOf(name), tries)
    const redshift = redshifts && redshifts.byVolume(random, redshifts.limit(REACH))
    const source = models[name]!.draw(random, { passbands, depth: DEPTH, redshift, peakMjd: PEAK, visits: NO_VISITS })
    const curve = source.persistent
      ? persistentCurve(random, source, name)
      : transientCurve(source, [...hostGalaxy(random, name, redshift!, passbands, new Float64Array(BANDS.length).fill(1), PRACTICES.lsst.psfArea).below])
    if (curve === null) continue
    entries.push({ class: name, subtype: source.subtype, redshift: redshift && Number(redshift.toFixed(4)), isPersistent: source.persistent, ...curve })
    made++
  }
  console.error(`${name}: ${made} light curves of ${tries} drawn`)
}

interface Counted { alerts: Map<SkyClass, number>, activeNights: number }

/** What a sky of this table gives in its first nights. */
function counted (table: SkyTable): Counted {
  const sky = createSky({ seed: SEED, activeObjects: COUNTED_OBJECTS, table })
  const alerts = new Map<SkyClass, number>()
  const seen = new Map<string, { first: number, last: number }>()
  for (let night = 0; night < COUNTED_NIGHTS; night++) {
    for (const { diaObjectId } of sky.night(night)) {
      const name = sky.classOf(diaObjectId)
      alerts.set(name, (alerts.get(name) ?? 0) + 1)
      const span = seen.get(diaObjectId)
      if (span) span.last = night
      else seen.set(diaObjectId, { first: night, last: night })
    }
  }
  const active = [...seen.values()].reduce((sum, { first, last }) => sum + last - first + 1, 0) / COUNTED_NIGHTS
  return { alerts, activeNights: active / COUNTED_OBJECTS * table.activeNights }
}

const command = 'npm run sky -- FOLDER'
const names = Object.keys(ALERTS_A_NIGHT) as SkyClass[]
let table: SkyTable = { command, mix: Object.fromEntries(names.map(name => [name, 1 / names.length])), activeNights: 50, entries }
// an object of each class gives so many alerts; the parts of the objects follow from those of the alerts
const { alerts } = counted(table)
const parts = names.map(name => Math.sqrt(ALERTS_A_NIGHT[name]) / (alerts.get(name) ?? 1))
const whole = parts.reduce((sum, part) => sum + part, 0)
const mix = Object.fromEntries(names.map((name, k) => [name, Number((parts[k]! / whole).toPrecision(4))]))
table = { ...table, mix }
table = { ...table, activeNights: Number(counted(table).activeNights.toPrecision(3)) }
console.error(`parts of the objects: ${JSON.stringify(mix)}; an object is active for ${table.activeNights} nights`)
const bytes = writeSkyTable(table)
writeFileSync(new URL('lsst.bin', import.meta.url), bytes)
console.error(`sky/lsst.bin: ${entries.length} light curves, ${bytes.length} bytes`)

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BANDS, type Band } from '../../../src/alert/alert.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { binaryModel } from '../../../src/simulator/sources/binary.ts'
import { cataclysmicModel } from '../../../src/simulator/sources/cataclysmic.ts'
import { cepheidModel } from '../../../src/simulator/sources/cepheid.ts'
import { deltaScutiModel } from '../../../src/simulator/sources/delta-scuti.ts'
import { longPeriodModel } from '../../../src/simulator/sources/long-period.ts'
import { mDwarfModel } from '../../../src/simulator/sources/m-dwarf.ts'
import { rrLyraeModel } from '../../../src/simulator/sources/rr-lyrae.ts'
import type { SimulatedSource, SourceModel, SourceModelMaker } from '../../../src/simulator/sources/source.ts'
import { needs, sharedData } from '../../parts.ts'
import { folderWith } from '../phased/lclib-text.ts'
import { circumstances, holds, magnitudes, rangeOf, steps, visitsAt } from './night-sky.ts'

const TEMPLATES = join(sharedData, 'sky')
const DRAWS = 80

/** What each class's objects are: subtypes, limits of the period [d] and of the amplitude in r [mag]. */
interface Expected { maker: SourceModelMaker, subtypes: string[], period?: [number, number], amplitude?: [number, number], isEndless?: boolean }
const CLASSES: Readonly<Record<string, Expected>> = {
  CV: { maker: cataclysmicModel, subtypes: ['CV'], isEndless: true },
  'M-dwarf': { maker: mDwarfModel, subtypes: ['M-dwarf'] },
  RRL: { maker: rrLyraeModel, subtypes: ['RRab', 'RRc'], period: [0.23, 0.97], amplitude: [0.1, 1.8], isEndless: true },
  Cepheid: { maker: cepheidModel, subtypes: ['Cepheid'], period: [0.85, 35], amplitude: [0.07, 1.1], isEndless: true },
  DSCT: { maker: deltaScutiModel, subtypes: ['DSCT'], period: [0.025, 0.26], amplitude: [0.015, 0.8], isEndless: true },
  EB: { maker: binaryModel, subtypes: ['EB', 'ELL', 'REFL'], period: [0.04, 14], amplitude: [0.03, 1.9], isEndless: true },
  LPV: { maker: longPeriodModel, subtypes: ['Mira', 'SR'], period: [40, 600], amplitude: [0.2, 5], isEndless: true }
}

/** Each class reads its templates once. */
const models = new Map<SourceModelMaker, Promise<SourceModel>>()
const draw = async (maker: SourceModelMaker, count = DRAWS, bands: readonly Band[] = BANDS): Promise<SimulatedSource[]> => {
  models.set(maker, models.get(maker) ?? maker(TEMPLATES))
  const model = await models.get(maker)!
  return Array.from({ length: count }, (_, k) => model.draw(randomFrom(22, k), circumstances(bands)))
}

describe('Classes of the Milky Way', () => {
  for (const [name, { maker, subtypes, period, amplitude, isEndless = false }] of Object.entries(CLASSES)) {
    it(`draws ${name}: positive fluxes, the same for the same stream, in any order of visits`, async t => {
      if (!needs(t, 'shared-data')) return
      const { visits } = circumstances()
      const sources = await draw(maker)
      assert.deepEqual([...new Set(sources.map(({ subtype }) => subtype))].sort(), subtypes)
      const again = await draw(maker)
      const backwards = { mjd: visits.mjd.toReversed(), band: visits.band.toReversed(), depth: visits.depth.toReversed() }
      sources.forEach((source, k) => {
        assert.equal(source.persistent, true)
        assert.equal(Number.isFinite(source.from) && Number.isFinite(source.until), !isEndless)
        const flux = source.fluxes(visits)
        holds(flux.every(value => value > 0 && Number.isFinite(value)), `${name} ${k}`)
        assert.deepEqual(source.fluxes(backwards).reverse(), flux)
        assert.deepEqual(again[k]!.fluxes(visits), flux)
        assert.deepEqual(again[k]!.parameters, source.parameters)
        for (const [parameter, value] of Object.entries(source.parameters)) holds(/^\w{1,12}$/.test(parameter) && Number.isFinite(value), parameter)
        // a star of the magnitudes that the survey sees: r 5σ depth 23.9
        holds(source.parameters['r_mag']! > 16.3 && source.parameters['r_mag']! < 26.2, `${name} ${k}: r ${source.parameters['r_mag']}`)
        if (period) holds(source.parameters['period']! > period[0] && source.parameters['period']! < period[1], `${name} ${k}: period ${source.parameters['period']}`)
        if (amplitude) holds(source.parameters['amplitude']! > amplitude[0] && source.parameters['amplitude']! < amplitude[1], `${name} ${k}: amplitude ${source.parameters['amplitude']}`)
      })
    })
  }

  it('repeats periodic stars after their period, with the amplitude that was drawn', async t => {
    if (!needs(t, 'shared-data')) return
    for (const maker of [rrLyraeModel, cepheidModel, deltaScutiModel, binaryModel]) {
      const sources = await draw(maker, 60)
      for (const source of sources.filter(({ parameters }) => parameters['blazhko'] === undefined && (parameters['modes'] ?? 1) === 1)) {
        const { period, amplitude, r_mag: mean } = source.parameters as { period: number, amplitude: number, r_mag: number }
        const times = steps(61_000, 61_000 + period, 400)
        const once = magnitudes(source, times, 'r')
        const later = magnitudes(source, times.map(time => time + 50 * period), 'r')
        once.forEach((magnitude, k) => holds(Math.abs(magnitude - later[k]!) < 1e-6, `${source.subtype} ${JSON.stringify(source.parameters)} at ${k}: ${magnitude}, ${later[k]}`))
        holds(Math.abs(rangeOf(once) - amplitude) < 0.01 + 0.03 * amplitude, `${source.subtype}: ${rangeOf(once)} is not ${amplitude}`)
        holds(Math.min(...once) <= mean + 1e-9 && Math.max(...once) > mean, `${source.subtype}: ${mean} is not between ${Math.min(...once)} and ${Math.max(...once)}`)
      }
    }
  })

  it('is bluest in amplitude where stars pulsate: g more than r, r more than i', async t => {
    if (!needs(t, 'shared-data')) return
    const sources = (await draw(rrLyraeModel, 40)).filter(({ subtype }) => subtype === 'RRab')
    const mean = (band: Band): number => sources.reduce((sum, source) => sum + rangeOf(magnitudes(source, steps(61_000, 61_000.9, 150), band)), 0) / sources.length
    const [u, g, r, i, z, y] = BANDS.map(mean) as [number, number, number, number, number, number]
    holds(g > r && r > i && i > z && z > y && u > r)
    holds(Math.abs(g / r - 1.39) < 0.06 && Math.abs(u / r - 1.31) < 0.1, `g/r ${g / r}, u/r ${u / r}`)
  })

  it('works for a survey of fewer bands, as deep as it is', async t => {
    if (!needs(t, 'shared-data')) return
    for (const { maker } of Object.values(CLASSES)) {
      for (const source of await draw(maker, 10, ['g', 'i'])) {
        holds(source.fluxes(circumstances(['g', 'i']).visits).every(value => value > 0))
      }
    }
  })
})

describe('Eclipsing binaries', () => {
  it('are deepest where the brighter star is hidden, deeper in blue, and flat or round in between', async t => {
    if (!needs(t, 'shared-data')) return
    const sources = (await draw(binaryModel)).filter(({ subtype }) => subtype === 'EB')
    for (const source of sources) {
      const { period, primary, width, r_mag: outside } = source.parameters as { period: number, primary: number, width: number, r_mag: number }
      const phases = steps(61_000, 61_000 + period, 1000)
      const r = magnitudes(source, phases, 'r')
      const depth = Math.max(...r) - outside
      // the stars' shapes add 0.14 of the flux at most
      holds(depth > -2.5 * Math.log10(1 - primary) - 0.02 && depth < -2.5 * Math.log10(1 - primary - 0.14) + 0.01, `${depth} of ${primary}`)
      holds(rangeOf(magnitudes(source, phases, 'g')) > rangeOf(r) - 0.01)
      const inEclipse = r.filter(magnitude => magnitude > outside + depth / 2).length / r.length
      holds(inEclipse > 0.5 * width && inEclipse < 0.6, `${inEclipse} of the period, σ ${width}`)
    }
  })
})

describe('Dwarf novae', () => {
  it('are at maximum when they shall be, quiescent between outbursts, blue in outburst', async () => {
    for (const source of await draw(cataclysmicModel, 40)) {
      const { recurrence, amplitude, r_mag: quiescence } = source.parameters as { recurrence: number, amplitude: number, r_mag: number }
      const [atPeak] = magnitudes(source, [61_800], 'r') as [number]
      holds(quiescence - atPeak > amplitude - 2.4 && quiescence - atPeak < amplitude + 1.6, `${quiescence - atPeak} of ${amplitude}`)
      const years = steps(60_000, 60_000 + Math.max(400, 8 * recurrence), 1500)
      const r = magnitudes(source, years, 'r')
      let [outbursts, isUp] = [0, false]
      for (const magnitude of r) {
        // flickering alone takes a star neither up nor down
        if (!isUp && magnitude < quiescence - 1.2) outbursts++
        isUp = magnitude < quiescence - (isUp ? 0.6 : 1.2)
      }
      const recurrences = (years.at(-1)! - years[0]!) / recurrence
      holds(outbursts >= 0.4 * recurrences - 2 && outbursts <= recurrences + 2, `${outbursts} of ${recurrences}`)
      holds(Math.max(...r) > quiescence - 0.6, 'there is a quiescence')
      const [bluest] = magnitudes(source, [61_800], 'g') as [number]
      holds(bluest - atPeak < 0.6)
    }
  })
})

/** A library of one star: a flare of 2 mag in u, 0.1 in g, 0.02 in y, over after 0.06 d. */
const FLARES = `SURVEY: LSST
FILTERS: ugrizY
MODEL_PARNAMES: KIC_ID,distance.
NEVENT: 1

START_EVENT: 0
NROW: 4 l: 1.0 b: 2.0.
PARVAL: 77 0.5
T: 100.00 25.0 23.0 21.5 20.5 20.0 19.8
S: 100.02 23.0 22.9 21.45 20.48 19.99 19.78
S: 100.04 24.0 22.95 21.48 20.49 19.995 19.79
S: 100.06 25.0 23.0 21.5 20.5 20.0 19.8
END_EVENT: 0
`
const FLARE_LIBRARY = 'flares/sample.LCLIB.TEXT.xz'

describe('M dwarfs', () => {
  it('flare as the library has it, at any brightness', async t => {
    const folder = folderWith({ [FLARE_LIBRARY]: FLARES })
    t.after(async () => { await rm(folder, { recursive: true }) })
    const model = await mDwarfModel(folder)
    const sources = Array.from({ length: 60 }, (_, k) => model.draw(randomFrom(3, k), circumstances())).filter(({ parameters }) => parameters['kepler'] === 1 && parameters['flares'] === 1)
    holds(sources.length > 8, `${sources.length} of 60`)
    for (const source of sources) {
      const added = (band: Band, time: number): number => {
        const [before, at] = [source.from - 1, time].map(mjd => source.fluxes(visitsAt([mjd], BANDS, band))[0]!) as [number, number]
        return at / before - 1
      }
      const [r] = magnitudes(source, [source.from - 1], 'r') as [number]
      holds(Math.abs(r - source.parameters['r_mag']!) < 1e-9)
      holds(Math.abs(magnitudes(source, [source.from - 1], 'u')[0]! - r - 3.5) < 1e-9)
      holds(Math.abs(source.peakMjd! - source.from - 0.02) < 1e-6 && Math.abs(source.until - source.from - 0.06) < 1e-6)
      const scale = added('u', source.peakMjd!) / (10 ** 0.8 - 1)
      holds(scale > 0.6 && scale < 1.4, `${scale}`)
      holds(Math.abs(added('g', source.peakMjd!) / (10 ** 0.04 - 1) - scale) < 1e-4)
      holds(Math.abs(added('y', source.peakMjd!) / (10 ** 0.008 - 1) - scale) < 1e-4)
      // half way down, in flux
      holds(Math.abs(added('u', source.peakMjd! + 0.01) / scale - ((10 ** 0.8 - 1) + (10 ** 0.4 - 1)) / 2) < 1e-4)
    }
  })

  it('are refused without all six bands', async t => {
    const folder = folderWith({ [FLARE_LIBRARY]: FLARES.replace('ugrizY', 'ugrizJ') })
    t.after(async () => { await rm(folder, { recursive: true }) })
    await assert.rejects(mDwarfModel(folder), { code: 'templates-damaged', message: /sample\.LCLIB\.TEXT\.xz: its filters are 'ugrizJ', but/ })
    await assert.rejects(rrLyraeModel(folder), { code: 'templates-missing', message: /RR Lyr\.lclib\.xz is missing/ })
  })

  it('flare near a visit, most in u, and are quiescent otherwise', async t => {
    if (!needs(t, 'shared-data')) return
    const { visits } = circumstances()
    for (const source of await draw(mDwarfModel, 80)) {
      holds(visits.mjd.some(mjd => mjd >= source.from && mjd - source.from < 0.2), 'a visit follows the start')
      const quiet = (band: Band): number => magnitudes(source, [source.from - 0.01], band)[0]!
      assert.equal(magnitudes(source, [source.until + 0.01], 'u')[0], quiet('u'))
      const flare = (band: Band): number => quiet(band) - magnitudes(source, [source.peakMjd!], band)[0]!
      holds(flare('u') > 0.2 && flare('u') > flare('g') && flare('g') > flare('i'), `${flare('u')} ${flare('g')} ${flare('i')}`)
      holds(quiet('g') - quiet('r') > 1 && quiet('r') - quiet('i') > 0.4)
    }
  })
})

describe('Long-period variables', () => {
  it('are red, and Miras swing more than semi-regular ones', async () => {
    const sources = await draw(longPeriodModel)
    const swings = (subtype: string): number[] => sources.filter(source => source.subtype === subtype)
      .map(source => rangeOf(magnitudes(source, steps(60_000, 63_000, 300), 'r'))).sort((a, b) => a - b)
    const [mira, semiRegular] = [swings('Mira'), swings('SR')]
    holds(mira[0]! > 1.2 && mira[mira.length >> 1]! > 2 * semiRegular[semiRegular.length >> 1]!)
    for (const source of sources) {
      const mean = (band: Band): number => magnitudes(source, steps(60_000, 63_000, 50), band).reduce((sum, value) => sum + value, 0) / 50
      holds(mean('g') - mean('r') > 1 && mean('r') - mean('i') > 0.5)
    }
  })
})

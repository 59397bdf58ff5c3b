/**
 * Core collapses with hydrogen: plateaus (IIP), linear declines (IIL), and shocks in what lies around the star (IIn).
 * Observed spectra (Vincenzi et al. 2019) and parametric photospheres. Plateau lengths, slopes and drops cover those
 * of Anderson et al. 2014 (arXiv:1403.7091), times and temperatures those of Faran et al. 2018 (arXiv:1707.07695),
 * IIn those of Nyholm et al. 2020 (arXiv:1906.05812).
 */
import { chance, gaussian, logUniform, oneOf, truncatedGaussian, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { SourceModelMaker } from './source.ts'
import { photosphericTemplate, phasesAround } from './supernovae/photosphere.ts'
import { drawModulation, redshiftOf, spectralSource, type Scatter } from './supernovae/spectral-source.ts'
import { blendOf, drawDust, drawParts, drawStretch, lookParameters, readTemplates, type Dust, type Look, type Template } from './supernovae/template-blend.ts'

const SUBTYPES = ['IIP', 'IIL', 'IIn'] as const
type Subtype = typeof SUBTYPES[number]

/** SN 2020esm is left out, which is no core collapse; SN 2008fq has narrow lines, whatever its set calls it. */
const SUPERNOVAE: Readonly<Record<Subtype, readonly string[]>> = {
  IIP: ['2009N', '2013fs', '2020fqv'],
  IIL: ['2009kr'],
  IIn: ['2008fq', '2006aa', '2009ip']
}
const SHARE_IIN = 0.2
/** Of the others, by their spectra. */
const SHARE_OBSERVED = 0.375
const SHARE_IIL = 0.35
/** Peak in rest-frame r before dust: mean, scatter [mag]. */
const MAGNITUDES = {
  observed: { IIP: [-17, 0.9], IIL: [-17, 0.9], IIn: [-18.4, 1] },
  parametric: { IIP: [-16.9, 0.85], IIL: [-17.6, 0.8], IIn: [-18.7, 1.2] }
} as const
const DUST: Dust = { share: 0.75, mean: 0.15, redShare: 0.1, redMean: 0.4, rv: [2.6, 3.6] }
const SCATTER: Scatter = { band: 0.03, time: 0.02, drift: 0.04 }
const WARP = 0.1
/** ⁵⁶Co whose γ rays are all held [mag d⁻¹] (Woosley et al. 1989, ApJ 346, 395). */
const COBALT = 0.0098
const LONGEST_RISE = { IIP: 3, IIL: 4, IIn: 10 } as const

const HOTTEST = 35_000

/** Times count from the explosion [d]. */
function plateau (random: Random, isLinear: boolean): Template {
  const rise = uniform(random, 2, 8)
  const slope = isLinear ? uniform(random, 0.01, 0.045) : uniform(random, -0.004, 0.012)
  const end = isLinear ? truncatedGaussian(random, 75, 15, 35, 120) : truncatedGaussian(random, 95, 15, 50, 145)
  const [drop, width] = [uniform(random, 1, 2.3), uniform(random, 3, 8)]
  const [hot, cooling, recombining] = [uniform(random, 11_000, 22_000), uniform(random, 0.35, 0.6), uniform(random, 5000, 6300)]
  const early = phasesAround(0, 0, 20, 0.4)
  const phases = Float64Array.from([...early, ...phasesAround(end, 20, end + 100, 2.5).slice(1)])
  return photosphericTemplate({
    phases,
    brightness: time => (1 - Math.exp(-1.6 * time / rise)) *
      10 ** (-0.4 * (slope * Math.min(time, end) + 0.01 * Math.max(0, time - end) + drop / (1 + Math.exp(-(time - end) / width)))),
    temperature: time => Math.min(HOTTEST, Math.max(recombining, hot * (Math.max(time, 0.01) / 5) ** -cooling)),
    blanketing: { strength: uniform(random, 0.3, 1.2), onset: 4600, hottest: 9500, least: 0 }
  }, COBALT, 0)
}

/** A power of time up to the peak, an exponential fall after it. */
function shock (random: Random): Template {
  const [rise, power, decline] = [logUniform(random, 5, 50), uniform(random, 1, 2), logUniform(random, 0.004, 0.04)]
  const [cold, excess, cooling] = [uniform(random, 6000, 7500), uniform(random, 3000, 11_000), uniform(random, 20, 70)]
  // the corner between both is rounded off
  const round = (time: number): number => ((Math.max(time, 1e-6) / rise) ** (-4 * power) + 10 ** (1.6 * decline * (time - rise))) ** -0.25
  const phases = Float64Array.from([...phasesAround(0, 0, rise, rise / 16), ...phasesAround(rise, rise, rise + 300, rise / 16).slice(1)])
  return photosphericTemplate({
    phases,
    brightness: time => time <= 0 ? 0 : round(time),
    temperature: time => cold + excess * Math.exp(-time / cooling)
  }, decline, 0)
}

/** Reads sed/. */
export const typeIIModel: SourceModelMaker = async folder => {
  const read = await Promise.all(SUBTYPES.map(async subtype => await readTemplates(folder, SUPERNOVAE[subtype], () => COBALT, LONGEST_RISE[subtype])))
  const pools = { IIP: read[0]!, IIL: read[1]!, IIn: read[2]! }
  return {
    draw (random, circumstances) {
      const isIIn = chance(random, SHARE_IIN)
      const isObserved = chance(random, isIIn ? 0.5 : SHARE_OBSERVED)
      const subtype = isIIn
        ? 'IIn'
        : isObserved ? oneOf(random, ['IIP', 'IIP', 'IIP', 'IIL'] as const) : chance(random, SHARE_IIL) ? 'IIL' : 'IIP'
      const [mean, sigma] = MAGNITUDES[isObserved ? 'observed' : 'parametric'][subtype]
      const look: Look = {
        ...(isObserved ? drawStretch(random, 0.8, isIIn ? 2 : 1.25) : { stretch: 1, stretchBefore: 1 }),
        magnitude: truncatedGaussian(random, mean, sigma, -22, -12.5),
        warp: gaussian(random, 0, WARP),
        ...drawDust(random, DUST)
      }
      const parts = isObserved
        ? drawParts(random, pools[subtype])
        : [{ template: isIIn ? shock(random) : plateau(random, subtype === 'IIL'), share: 1 }]
      return spectralSource(circumstances, {
        subtype,
        blend: blendOf(parts, circumstances, look),
        modulation: drawModulation(random, circumstances.passbands, redshiftOf(circumstances), SCATTER),
        hostEbv: look.hostEbv,
        parameters: { ...lookParameters(look), parametric: Number(!isObserved) }
      })
    }
  }
}

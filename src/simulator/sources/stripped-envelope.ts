/**
 * Core collapses that have lost their hydrogen: IIb, Ib, Ic, broad-lined Ic, and Ibn, whose helium lies around them.
 * Observed spectra (Vincenzi et al. 2019) and, since few have been observed, a parametric photosphere. Shares of the
 * subtypes after Shivvers et al. 2017 (arXiv:1609.02922), broad-lined ones more often, since they are seen farther.
 */
import { chance, gaussian, oneOf, truncatedGaussian, uniform, weightedOneOf } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { SourceModelMaker } from './source.ts'
import { photosphericTemplate, phasesAround } from './supernovae/photosphere.ts'
import { drawModulation, redshiftOf, spectralSource, type Scatter } from './supernovae/spectral-source.ts'
import { blendOf, drawDust, drawParts, drawStretch, lookParameters, readTemplates, type Dust, type Look, type Template } from './supernovae/template-blend.ts'

interface Subtype {
  name: string
  share: number
  /** Of which there are spectra. */
  supernovae: readonly string[]
  /** Part of its draws that is parametric. */
  parametric: number
  /** Peak in rest-frame r before dust: mean, scatter [mag]. */
  magnitude: readonly [number, number]
  stretch: readonly [number, number]
}

/** SN 2006aj is left out: its spectra have negative fluxes in z and y. */
const SUBTYPES: readonly Subtype[] = [
  { name: 'IIb', share: 27, supernovae: ['2006T', '2011ei'], parametric: 0.35, magnitude: [-17.5, 0.9], stretch: [0.72, 1.35] },
  { name: 'Ib', share: 28, supernovae: ['2004gv', '2005bf', '2007Y'], parametric: 0.35, magnitude: [-17.5, 0.9], stretch: [0.72, 1.35] },
  { name: 'Ic', share: 26, supernovae: ['2004fe', '2013ge', '2020oi'], parametric: 0.35, magnitude: [-17.5, 0.9], stretch: [0.72, 1.35] },
  { name: 'Ic-BL', share: 14, supernovae: ['1998bw', '2009bb', '2012ap'], parametric: 0, magnitude: [-18.4, 0.6], stretch: [0.72, 1.35] },
  // brighter and faster than the others (Hosseinzadeh et al. 2017, arXiv:1608.01998)
  { name: 'Ibn', share: 5, supernovae: ['2010al'], parametric: 0, magnitude: [-19, 0.7], stretch: [0.6, 1.1] }
]
/** Ratios of total to selective extinction differ by subtype from about 2.6 to 4.3 (Stritzinger et al. 2018, arXiv:1707.07615). */
const DUST: Dust = { share: 0.8, mean: 0.2, redShare: 0.15, redMean: 0.5, rv: [2.2, 4.2] }
const SCATTER: Scatter = { band: 0.05, time: 0.03, drift: 0.08 }
/** ⁵⁶Co whose γ rays escape in part [mag d⁻¹] (Wheeler et al. 2015, arXiv:1411.5975). */
const LATE_DECLINE = 0.016
const WARP = 0.12
/** Of the parametric ones. */
const SHARE_WITH_LINES = 0.6
const SHARE_COOLING = 0.4

/** Light of the envelope that the shock has heated, which some IIb have before the light of ⁵⁶Ni (Arcavi et al. 2011, arXiv:1106.3551). */
function drawCooling (random: Random, has: boolean): { start: number, brightness: (phase: number) => number, heat: (phase: number) => number } {
  const [start, height, fall, heat] = [-uniform(random, 14, 22), uniform(random, 0.15, 0.7), uniform(random, 1.5, 4), uniform(random, 6000, 15_000)]
  const left = (phase: number): number => phase < start ? 0 : Math.exp(-(phase - start) / fall)
  return has
    ? { start, brightness: phase => height * left(phase) * (1 - Math.exp(-2 * Math.max(0, phase - start))), heat: phase => heat * left(phase) }
    : { start, brightness: () => 0, heat: () => 0 }
}

/** A rise and fall (Bazin et al. 2009, arXiv:0904.1066, eq. 1), a radioactive tail, and a photosphere that cools after the peak. */
function parametricTemplate (random: Random, subtype: string): Template {
  const rise = uniform(random, 3, 8)
  const fall = Math.max(1.3 * rise, uniform(random, 9, 28))
  const peak = rise * Math.log(fall / rise - 1)
  const bazin = (time: number): number => Math.exp(-time / fall) / (1 + Math.exp(-time / rise))
  const most = bazin(peak)
  const tailBelow = uniform(random, 1.2, 2)
  const tail = (phase: number): number => phase <= 0 ? 0 : Math.min(1, phase / 25) * 10 ** (-0.4 * (tailBelow + 0.013 * (phase - 25)))
  const [cold, excess, knee, width] = [uniform(random, 4200, 5500), uniform(random, 2500, 5500), uniform(random, 0, 6), uniform(random, 3, 8)]
  const cooling = drawCooling(random, subtype === 'IIb' && chance(random, SHARE_COOLING))
  const start = Math.min(cooling.start, -4 * rise)
  return photosphericTemplate({
    phases: phasesAround(0, start, 150, 1.2),
    brightness: phase => ((bazin(phase + peak) / most) ** 4 + tail(phase) ** 4) ** 0.25 + cooling.brightness(phase),
    temperature: phase => cold + excess / (1 + Math.exp((phase - knee) / width)) + cooling.heat(phase),
    blanketing: { strength: uniform(random, 0.4, 1.2), onset: 4700, hottest: 9000, least: 0.1 }
  }, 0.013, 3)
}

/** A parametric supernova, or one that has part of the lines of an observed one. */
function drawParametricParts (random: Random, subtype: string, templates: readonly Template[]): ReturnType<typeof drawParts> {
  const template = parametricTemplate(random, subtype)
  const share = chance(random, SHARE_WITH_LINES) ? uniform(random, 0.3, 0.9) : 1
  return share === 1 ? [{ template, share }] : [{ template, share }, { template: oneOf(random, templates), share: 1 - share }]
}

/** Reads sed/. */
export const strippedEnvelopeModel: SourceModelMaker = async folder => {
  const subtypes = await Promise.all(SUBTYPES.map(async subtype =>
    ({ ...subtype, templates: await readTemplates(folder, subtype.supernovae, () => LATE_DECLINE, 10) })))
  return {
    draw (random, circumstances) {
      const { name, templates, parametric, magnitude, stretch } = weightedOneOf(random, subtypes, ({ share }) => share)
      const isParametric = chance(random, parametric)
      const look: Look = {
        ...(isParametric ? { stretch: 1, stretchBefore: 1 } : drawStretch(random, stretch[0], stretch[1])),
        magnitude: truncatedGaussian(random, magnitude[0], magnitude[1], -21, -13),
        warp: gaussian(random, 0, WARP),
        ...drawDust(random, DUST)
      }
      const parts = isParametric ? drawParametricParts(random, name, templates) : drawParts(random, templates)
      return spectralSource(circumstances, {
        subtype: name,
        blend: blendOf(parts, circumstances, look),
        modulation: drawModulation(random, circumstances.passbands, redshiftOf(circumstances), SCATTER),
        hostEbv: look.hostEbv,
        parameters: { ...lookParameters(look), parametric: Number(isParametric) }
      })
    }
  }
}

/**
 * Thermonuclear supernovae that are no standard candles: SN 1991bg's kind from its spectral sequence, and SN 2002cx's
 * kind (Iax, Jha 2017, arXiv:1707.01110), of which there is no series of spectra: fast Type Ia without the second
 * maximum's width, and stripped-envelope supernovae made bluer.
 */
import { chance, gaussian, oneOf, truncatedGaussian, uniform } from '../distributions.ts'
import { planck } from '../spectra/black-body.ts'
import { declineOfIa } from '../spectra/continued-curves.ts'
import type { Passing } from '../spectra/passing.ts'
import { readSalt3 } from '../spectra/salt3.ts'
import { readSequence91bg } from '../spectra/templates.ts'
import type { SourceModelMaker } from './source.ts'
import { drawModulation, redshiftOf, spectralSource, type Scatter } from './supernovae/spectral-source.ts'
import { blendOf, drawDust, drawParts, lookParameters, readTemplates, templateOf, type Dust, type Look } from './supernovae/template-blend.ts'

const SHARE_91BG = 0.55
/** The sequence begins 6 days before the peak; such supernovae explode some 16 days before it. */
const RISE_91BG = 10
/** Peak in rest-frame r before dust: mean, scatter [mag]. */
const MAGNITUDE_91BG = [-18.1, 0.45] as const
const MAGNITUDE_IAX = [-17.3, 1] as const
const DUST: Dust = { share: 0.7, mean: 0.1, redShare: 0, redMean: 0, rv: [2.6, 2.6] }
const SCATTER: Scatter = { band: 0.03, time: 0.02, drift: 0.04 }
const WARP = 0.1
/** Those whose light curves come near to Iax. */
const STRIPPED = ['2004fe', '2004gv', '2006T', '2007Y', '2011ei', '2013ge'] as const

/** From the photosphere of a stripped envelope at its peak to a hotter one [K]. */
function hotter (temperature: number): Passing {
  const ratio = (wavelength: number): number => planck(wavelength, temperature) / planck(wavelength, 8000)
  const scale = 1 / ratio(6200)
  return wavelength => scale * ratio(wavelength)
}

/** Reads sed/ and salt3/. */
export const peculiarIaModel: SourceModelMaker = async folder => {
  const [sequence, salt, stripped] = await Promise.all([readSequence91bg(folder), readSalt3(folder), readTemplates(folder, STRIPPED, declineOfIa, 10)])
  const templates91bg = sequence.map(series => templateOf(series, declineOfIa, { rise: RISE_91BG }))
  const ordinary = templateOf({ ...salt.m0, flux: salt.m0.flux.map(flux => Math.max(0, flux)) }, declineOfIa, { rise: 0 })
  return {
    draw (random, circumstances) {
      const is91bg = chance(random, SHARE_91BG)
      const isOrdinary = !is91bg && chance(random, 0.5)
      const stretch = is91bg ? uniform(random, 0.9, 1.15) : uniform(random, 0.6, 1.05)
      const [mean, sigma] = is91bg ? MAGNITUDE_91BG : MAGNITUDE_IAX
      const look: Look = {
        stretch,
        stretchBefore: stretch * Math.exp(gaussian(random, 0, 0.05)),
        magnitude: truncatedGaussian(random, mean, sigma, -20, -13),
        warp: gaussian(random, 0, WARP),
        ...drawDust(random, DUST),
        ...(is91bg || isOrdinary ? {} : { passing: hotter(uniform(random, 9000, 14_000)) })
      }
      const parts = is91bg || isOrdinary
        ? [{ template: isOrdinary ? ordinary : oneOf(random, templates91bg), share: 1 }]
        : drawParts(random, stripped)
      return spectralSource(circumstances, {
        subtype: is91bg ? 'Ia-91bg' : 'Iax',
        blend: blendOf(parts, circumstances, look),
        modulation: drawModulation(random, circumstances.passbands, redshiftOf(circumstances), SCATTER),
        hostEbv: look.hostEbv,
        parameters: lookParameters(look)
      })
    }
  }
}

/** What a survey measures, and what its alerts bring: noise, thinning, triggers. */
import { NJY_PER_FLUXCAL } from '../../alert/alert.ts'
import type { SkyName } from '../passbands/surveys.ts'

type Range = readonly [low: number, high: number]

/**
 * The error that a survey reports: σ² = sky² + photons + (own·F)² + (total·Ftot)², with F the difference flux, Ftot all
 * light under the point spread function. Ranges are drawn once an object.
 */
export interface NoiseLaw {
  /** Sky noise over that of the 5σ depth. */
  sky: Range
  /** Magnitudes that sky noise is off by: mean, scatter of an object and of a visit. */
  skyOffset: readonly [mean: number, ofObject: number, ofVisit: number]
  /** Photon noise as a part of |F|·sky: a source as bright as the sky under it has as many photons. */
  photons: number
  /** Photon noise of |Ftot| by itself [nJy]: median of a log-normal, and its scatter. */
  ownPhotons: readonly [median: number, sigma: number]
  own: Range
  total: Range
  /** True scatter over the reported error. */
  scatter: Range
}

export interface Practice {
  noise: NoiseLaw
  /** Objects that have fewer visits than the cadence: a share of them, and the least part that is left. */
  thinned: number
  leastLeft: number
  /** Of the objects: those that come without forced photometry. */
  detectionsOnly: number
  /** |S/N| of the points that such an object has. */
  detectionLimit: Range
  /** Of the transients: those that get into the set only if they were once brighter than a limit [mag]. */
  brightShare: number
  brightLimit: number
  /** Objects seen in one night alone: of persistent sources, of the others. */
  oneNight: readonly [persistent: number, transient: number]
  /** Objects with a spectroscopic redshift among those with a catalogued host. */
  spectroscopic: number
  /** Error of a position [arcsec], at |S/N| of 10. */
  astrometry: number
  /** Faintest source of the survey's catalogue, in r [mag]: PS1's of ZTF, the survey's own templates' else. */
  catalogueLimit: number
  /** Sources of that catalogue beside the object [arcmin⁻²]. */
  catalogueDensity: number
  /** Area of the point spread function, 4πσ² [arcsec²]. */
  psfArea: number
  /** What the template is deeper than a visit [mag]. */
  templateGain: number
}

/** 4π (FWHM/2.355)² */
const psfArea = (fwhm: number): number => 4 * Math.PI * (fwhm / 2.355) ** 2

/**
 * Constants are those of docs/simulation.md. The photons of LSST's law are those of a star as bright as its sky (Ivezić et
 * al. 2019, ApJ 873, 111, eq. 5). ZTF's are fitted to errors of public alerts: test/simulator/survey/noise.test.ts holds
 * the medians by band and magnitude to them. Its term of |F| is far more than photons: its errors of bright sources hold
 * what a fit of the point spread function leaves over.
 */
export const PRACTICES: Readonly<Record<SkyName, Practice>> = {
  lsst: {
    noise: { sky: [1, 1.2], skyOffset: [0, 0, 0], photons: 0.005, ownPhotons: [0, 0], own: [0.005, 0.02], total: [0.005, 0.005], scatter: [0.95, 1.3] },
    thinned: 0.2,
    leastLeft: 0.25,
    detectionsOnly: 0.08,
    detectionLimit: [5, 5],
    brightShare: 0,
    brightLimit: NaN,
    oneNight: [0, 0],
    spectroscopic: 0.4,
    astrometry: 0.04,
    catalogueLimit: 25,
    catalogueDensity: 20,
    psfArea: psfArea(0.8),
    templateGain: 1.3
  },
  ztf: {
    noise: { sky: [1, 1.2], skyOffset: [0.1, 0.11, 0.1], photons: 0, ownPhotons: [13 * NJY_PER_FLUXCAL, 0.5], own: [0.01, 0.03], total: [0.004, 0.02], scatter: [0.6, 1.15] },
    thinned: 0.65,
    leastLeft: 0.25,
    detectionsOnly: 0.6,
    detectionLimit: [5, 5],
    brightShare: 0.45,
    brightLimit: 19.2,
    oneNight: [0, 0],
    spectroscopic: 0.75,
    astrometry: 0.15,
    catalogueLimit: 22.5,
    catalogueDensity: 6,
    psfArea: psfArea(2),
    templateGain: 1.3
  },
  des: {
    noise: { sky: [1, 1.15], skyOffset: [0, 0.03, 0.05], photons: 0.005, ownPhotons: [0, 0], own: [0.005, 0.015], total: [0.003, 0.01], scatter: [0.95, 1.2] },
    thinned: 0.2,
    leastLeft: 0.5,
    detectionsOnly: 0,
    detectionLimit: [5, 5],
    brightShare: 0,
    brightLimit: NaN,
    oneNight: [0, 0],
    spectroscopic: 0.6,
    astrometry: 0.08,
    catalogueLimit: 24.5,
    catalogueDensity: 15,
    psfArea: psfArea(1.1),
    templateGain: 1
  },
  generic: {
    noise: { sky: [1, 1.2], skyOffset: [0, 0.05, 0.05], photons: 0.01, ownPhotons: [0, 0], own: [0.005, 0.05], total: [0.004, 0.015], scatter: [0.8, 1.3] },
    thinned: 0.2,
    leastLeft: 0.25,
    detectionsOnly: 0.35,
    detectionLimit: [3, 5],
    brightShare: 0,
    brightLimit: NaN,
    oneNight: [0.25, 0.05],
    spectroscopic: 0.4,
    astrometry: 0.12,
    catalogueLimit: 23.5,
    catalogueDensity: 10,
    psfArea: psfArea(1.3),
    templateGain: 1.3
  }
}

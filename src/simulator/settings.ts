/** What a simulated sky consists of: the settings of its classes, as `--settings` takes them and as they are where nothing is given. */
import { z } from 'zod'
import { SKIES, type SkyName } from './passbands/surveys.ts'
import { SKY_CLASSES, type SkyClass } from './sources/source.ts'

const redshiftRange = z.strictObject({
  least: z.number().min(0.001).max(5),
  /** Never beyond, however deep the survey looks. */
  most: z.number().min(0.001).max(5)
})

/** One class. */
export const classSettings = z.strictObject({
  /** Part of the objects that are simulated; shares are relative to each other. */
  share: z.number().min(0),
  /** Skies that have the class. */
  skies: z.array(z.enum(SKIES)),
  /** Null for the classes of the Milky Way, and artefacts. */
  redshift: redshiftRange.nullable(),
  /** Absolute magnitude at which the volume that a survey reaches ends [mag]; null as `redshift`. */
  brightMagnitude: z.number().min(-30).max(0).nullable(),
  /** Rate ∝ (1+z)^evolution per comoving volume and rest-frame time. */
  evolution: z.number().min(-10).max(10),
  /** At z = 0 [yr⁻¹ Mpc⁻³], for the mix that a survey alerts on; null for sources that are there all the time. */
  volumetricRate: z.number().min(0).nullable(),
  /** Sources on the sky that vary by enough to be drawn by the class's model [deg⁻²], for the same mix, in a survey that is `DENSITY_DEPTH` deep; null as the other way round. */
  density: z.number().min(0).nullable(),
  /** Of a survey that is 1 mag deeper, log10 of how many times as many. */
  densityGrowth: z.number().min(0).max(0.6)
})
export type ClassSettings = z.output<typeof classSettings>

const extragalactic = (share: number, brightMagnitude: number, most: number, evolution: number, volumetricRate: number): ClassSettings =>
  ({ share, skies: [...SKIES], redshift: { least: 0.005, most }, brightMagnitude, evolution, volumetricRate, density: null, densityGrowth: 0 })
const persistent = (share: number, density: number, densityGrowth: number): ClassSettings =>
  ({ share, skies: [...SKIES], redshift: null, brightMagnitude: null, evolution: 0, volumetricRate: null, density, densityGrowth })

/** Depth of a visit in r that densities of sources are for: ZTF's, whose catalogues most of them come from [mag]. */
export const DENSITY_DEPTH = 20.4

/** Core collapse at z = 0 [yr⁻¹ Mpc⁻³]: Strolger et al. 2015 (ApJ 813, 93), as the CC_S15 of SNANA's ELAsTiCC input files. */
const CORE_COLLAPSE = 7e-5

/**
 * Shares, ranges and evolution for training sets. Rates and densities, for the mix that a survey alerts on, are those of
 * the input files of ELAsTiCC (github.com/LSSTDESC/elasticc) where they give one, and of the papers beside them. Exponents
 * of 1 + z stand for star-formation histories below z of about 1. The densities of variable stars are means over the
 * sky away from the Galactic plane, of those bright enough to be in a catalogue today: deeper surveys have more.
 */
export const DEFAULT_CLASSES: Readonly<Record<SkyClass, ClassSettings>> = {
  // Dilday et al. 2008 (ApJ 682, 262): SNIa-SALT2.INPUT has 2.5e-5 (1+z)^1.5
  Ia: extragalactic(32, -19.3, 1.15, 1.5, 2.5e-5),
  // 91bg 3e-6 (1+z)^1.5 and Iax 6e-6 with star formation: SNIa-91bg.INPUT, SNIax.INPUT
  'Ia-peculiar': extragalactic(3, -17.8, 0.6, 1.5, 9e-6),
  // Ib 0.108, Ic 0.075, IIb 0.109, Ic-BL 0.011 of core collapse (Shivvers et al. 2017, PASP 129, 054201): SNIb-*, SNIc-*, V19_SNIIb, V19_SNIcBL
  Ibc: extragalactic(8, -18.3, 0.7, 3, 0.303 * CORE_COLLAPSE),
  // II 0.649 and IIn 0.047 of it: SNII-NMF, SNII-Templates, V19_SNII, SNIIn-MOSFIT, V19_SNIIn
  II: extragalactic(12, -17.8, 0.7, 3, 0.696 * CORE_COLLAPSE),
  // Quimby et al. 2013 (MNRAS 431, 912) and Frohmaier et al. 2021 (MNRAS 500, 5142: 3.5e-8): SLSN-I-MOSFIT.INPUT has 2e-8 at z = 0, times Madau & Dickinson 2014
  SLSN: extragalactic(7, -21.3, 1.6, 2.5, 2e-8),
  // van Velzen 2018 (ApJ 852, 72): (8 ± 4)e-7; TDE-MOSFIT.INPUT has 1e-6 · 10^(−5z/6) (Kessler et al. 2019, PASP 131, 094501), which is (1+z)^−2.4 at z = 0.5
  TDE: extragalactic(8, -20, 1.3, -2.4, 1e-6),
  // Ca-rich 2.3e-6 (CART-MOSFIT.INPUT); fast blue 4.8e-6 (Drout et al. 2014, ApJ 794, 23); kilonovae 3e-7 (Abbott et al. 2021, ApJL 913, L7; the input file has six times as many kept from players). The class's model draws 40 % kilonovae, for training: their number is too high by ten, that of alerts hardly, as they are faint
  fast: extragalactic(3, -17, 0.6, 0, 6e-6),
  // quasars: 15 to r of 19.5 and 250 to 23 on a square degree, some ten million to i of 24 to 26 on 20,000 (LSST Science Book 2009, arXiv:0912.0201, sect. 10). A
  // little fewer, since the class's model draws magnitudes evenly, and the bright ones make most alerts
  AGN: { ...persistent(9, 12, 0.34), redshift: { least: 0.03, most: 2.5 } },
  // Canbay et al. 2023 (arXiv:2302.11568): 6.8e-6 pc⁻³ with a scale height of 375 pc, which is 0.6 at a latitude of 45°; ZTF sees the nearer half
  CV: persistent(6, 0.3, 0.1),
  // an estimate without a survey behind it: LCLIB_Mdwarf-flare-LSST.INPUT simulates ten million for one in a hundred that is detected
  'M-dwarf': persistent(3, 20, 0.3),
  // Sesar et al. 2017 (AJ 153, 204): 45,000 on three quarters of the sky, to 120 kpc
  RRL: persistent(3, 1.5, 0.05),
  // Chen et al. 2020 (ApJS 249, 18), periodic variables of ZTF to r of 20.6: δ Scuti 15,000, eclipsing binaries 350,000, long-period
  // variables 100,000 and Cepheids 700 that are new alone, 74 % of all at |b| < 10°: a quarter of them on 25,000 deg². How fast they grow
  // with depth is an estimate, of stars a few kpc above the plane
  Cepheid: persistent(1, 0.02, 0),
  DSCT: persistent(1.5, 0.2, 0.1),
  EB: persistent(3.5, 4, 0.15),
  LPV: persistent(3, 1.2, 0),
  // an estimate: no survey publishes how many positions have defects that pass its cuts; it makes a quarter of ZTF's alerts and a tenth of LSST's
  artefact: persistent(3, 10, 0.2)
}

export const simulationSettings = z.strictObject({
  /** Classes and settings that are not named keep their defaults. */
  classes: z.partialRecord(z.enum(SKY_CLASSES), classSettings.partial()).default({})
})
export type SimulationSettings = z.output<typeof simulationSettings>

/** The settings of every class. */
export type AllClasses = Record<SkyClass, ClassSettings>

/** Given settings over those that hold where nothing is given. */
export const allClasses = ({ classes }: SimulationSettings): AllClasses => Object.fromEntries(SKY_CLASSES.map(skyClass => {
  const given = Object.entries(classes[skyClass] ?? {}).filter(([, value]) => value !== undefined)
  return [skyClass, { ...DEFAULT_CLASSES[skyClass], ...Object.fromEntries(given) }]
})) as AllClasses

/** Those that a sky has: a share above 0. */
export function classesOf (settings: SimulationSettings, sky: SkyName): SkyClass[] {
  const all = allClasses(settings)
  return SKY_CLASSES.filter(skyClass => all[skyClass].share > 0 && all[skyClass].skies.includes(sky))
}

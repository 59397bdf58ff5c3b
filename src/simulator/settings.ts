/** What a simulated sky consists of: the settings of its classes, as `--settings` takes them and as they are where nothing is given. */
import { z } from 'zod'
import { SKIES } from './passbands/surveys.ts'
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
  skies: z.array(z.enum(SKIES)).default([...SKIES]),
  /** Null for the classes of the Milky Way, and artefacts. */
  redshift: redshiftRange.nullable(),
  /** Absolute magnitude at which the volume that a survey reaches ends [mag]; null as `redshift`. */
  brightMagnitude: z.number().min(-30).max(0).nullable(),
  /** Rate ∝ (1+z)^evolution per comoving volume and rest-frame time. */
  evolution: z.number().min(-10).max(10).default(0),
  /** At z = 0 [yr⁻¹ Mpc⁻³], for the mix that a survey alerts on; null for sources that are there all the time. */
  volumetricRate: z.number().min(0).nullable(),
  /** Sources on the sky that vary by enough to be drawn by the class's model [deg⁻²], for the same mix; null as the other way round. */
  density: z.number().min(0).nullable()
})
export type ClassSettings = z.output<typeof classSettings>

const extragalactic = (share: number, brightMagnitude: number, most: number, evolution: number, volumetricRate: number): ClassSettings =>
  ({ share, skies: [...SKIES], redshift: { least: 0.005, most }, brightMagnitude, evolution, volumetricRate, density: null })
const persistent = (share: number, density: number): ClassSettings =>
  ({ share, skies: [...SKIES], redshift: null, brightMagnitude: null, evolution: 0, volumetricRate: null, density })

/** Shares, ranges and evolution for training sets; rates: see docs/simulation.md for their sources. */
export const DEFAULT_CLASSES: Readonly<Record<SkyClass, ClassSettings>> = {
  Ia: extragalactic(32, -19.3, 1.15, 1.5, 2.5e-5),
  'Ia-peculiar': extragalactic(3, -17.8, 0.6, 1.5, 9e-6),
  Ibc: extragalactic(8, -18.3, 0.7, 3, 2.5e-5),
  II: extragalactic(12, -17.8, 0.7, 3, 5e-5),
  SLSN: extragalactic(7, -21.3, 1.6, 3, 2e-8),
  TDE: extragalactic(8, -20, 1.3, -1, 1e-6),
  fast: extragalactic(3, -17, 0.6, 0, 6e-6),
  AGN: { ...persistent(9, 300), redshift: { least: 0.03, most: 2.5 } },
  CV: persistent(6, 0.5),
  'M-dwarf': persistent(3, 200),
  RRL: persistent(3, 3),
  Cepheid: persistent(1, 0.05),
  DSCT: persistent(1.5, 5),
  EB: persistent(3.5, 20),
  LPV: persistent(3, 10),
  artefact: persistent(3, 50)
}

export const simulationSettings = z.strictObject({
  /** Classes that are not named keep their defaults. */
  classes: z.partialRecord(z.enum(SKY_CLASSES), classSettings.partial()).default({})
})
export type SimulationSettings = z.output<typeof simulationSettings>

/**
 * Codes of ELAsTiCC's taxonomy for the classes of the simulated sky
 * (https://github.com/LSSTDESC/elasticc/blob/main/taxonomy/taxonomy.ipynb).
 */
import type { SkyClass } from '../sources/source.ts'

const CLASS_CODES: Readonly<Record<SkyClass, number>> = {
  Ia: 2222,
  // SN-like/Other, where the subtype does not say which of the two kinds that have a code.
  'Ia-peculiar': 2221,
  Ibc: 2223,
  II: 2224,
  SLSN: 2242,
  TDE: 2243,
  // Fast/Other.
  fast: 2231,
  AGN: 2332,
  CV: 2234,
  'M-dwarf': 2233,
  RRL: 2323,
  Cepheid: 2322,
  DSCT: 2324,
  EB: 2325,
  LPV: 2326,
  // Static/Other: nothing varies there.
  artefact: 1100
}

/** Subtypes that have codes of their own, by what their names contain. */
const SUBTYPE_CODES: ReadonlyArray<[SkyClass, RegExp, number]> = [
  ['Ia-peculiar', /iax|02cx/i, 2225],
  ['Ia-peculiar', /91bg/i, 2226],
  ['fast', /kilonova|^kn/i, 2232],
  ['fast', /ca-?rich|calcium|cart/i, 2245]
]

/** The code of an object, as SIM_TYPE_INDEX and SIM_GENTYPE have it. */
export const typeCode = (skyClass: SkyClass, subtype: string): number =>
  SUBTYPE_CODES.find(([of, name]) => of === skyClass && name.test(subtype))?.[2] ?? CLASS_CODES[skyClass]

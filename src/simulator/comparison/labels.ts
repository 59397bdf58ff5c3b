/** Types of supernovae, stars and nuclei as catalogues and simulations name them → classes of the simulated sky. */
import { SKY_CLASSES, type SkyClass } from '../sources/source.ts'

/**
 * The labels of each class. Case, blanks, hyphens, slashes and a leading 'SN' make no difference: 'SN II-P' is 'IIP'.
 * What is simulated within a class: docs/simulation.md.
 */
const LABELS: Readonly<Record<SkyClass, readonly string[]>> = {
  Ia: ['Ia', 'Ia-norm', 'Ia-91T', 'Ia-91T-like', 'Ia-99aa', 'Ia-SALT2', 'Ia-SALT3'],
  'Ia-peculiar': ['Ia-peculiar', 'Ia-pec', 'Ia-91bg', 'Ia-91bg-like', '91bg', 'Iax', 'Ia-02cx', 'Ia-02cx-like'],
  Ibc: ['Ibc', 'Ib/c', 'Ib', 'Ic', 'Ic-BL', 'Ibn', 'Icn', 'IIb', 'Ib-pec', 'Ic-pec'],
  II: ['II', 'IIP', 'IIL', 'IIn', 'II-pec', 'II-87A', 'IIn-pec'],
  SLSN: ['SLSN', 'SLSN-I', 'SLSN-II', 'SLSN-R', 'SLSN-I-R', 'SLSN-IIn', 'SLSN-Ic'],
  TDE: ['TDE', 'TDE-H', 'TDE-He', 'TDE-H-He', 'TDE-featureless'],
  fast: ['fast', 'KN', 'kilonova', 'FBOT', 'Ca-rich', 'CaRT', 'Ib-Ca-rich', 'Ic-Ca-rich'],
  AGN: ['AGN', 'QSO', 'quasar', 'blazar'],
  CV: ['CV', 'dwarf nova', 'dwarfnova', 'DN', 'UG', 'SU UMa', 'U Gem', 'Z Cam', 'WZ Sge'],
  'M-dwarf': ['M-dwarf', 'M-dwarf flare', 'Mdwarf', 'flare', 'M-dwarf-flare'],
  RRL: ['RRL', 'RR Lyrae', 'RRab', 'RRc', 'RRd'],
  Cepheid: ['Cepheid', 'CEP', 'DCEP', 'T2CEP', 'ACEP'],
  DSCT: ['DSCT', 'delta Scuti', 'd-Sct', 'HADS', 'SX Phe'],
  EB: ['EB', 'ECL', 'eclipsing', 'EA', 'EW', 'ELL', 'ellipsoidal', 'REFLECTION'],
  LPV: ['LPV', 'Mira', 'SRV', 'SR', 'OSARG'],
  artefact: ['artefact', 'artifact', 'bogus']
}

/** Labels of what the simulated sky deliberately lacks, or that say too little. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'Ia-CSM': 'its interaction with the surroundings is not simulated',
  nova: 'not simulated',
  LRN: 'not simulated',
  ILRT: 'not simulated',
  CC: 'it may be of class Ibc or II',
  SN: 'it may be of any class',
  other: 'it may be of any class'
}

/** Longest label that is kept for messages [characters]. */
const LONGEST_LABEL = 40

const plain = (label: string): string => label.toLowerCase().replace(/[^a-z0-9]/g, '').replace(/^sn(?=.)/, '')

const CLASSES = new Map(SKY_CLASSES.flatMap(name => LABELS[name].map(label => [plain(label), name] as const)))
const REASONS = new Map(Object.entries(LEFT_OUT).map(([label, reason]) => [plain(label), reason]))

/** `leftOut`: why objects of the label are not compared; `label` is the one that decided, or the first. */
export type Labelled =
  | { class: SkyClass, label: string }
  | { leftOut: string, label: string }
  | { unknown: true, label: string }

/** @param labels of one object: the first that is in a table decides */
export function classOfLabels (labels: readonly string[]): Labelled {
  for (const label of labels) {
    const key = plain(label)
    const found = CLASSES.get(key)
    if (found !== undefined) return { class: found, label }
    const reason = REASONS.get(key)
    if (reason !== undefined) return { leftOut: reason, label }
  }
  return { unknown: true, label: (labels[0] ?? '').slice(0, LONGEST_LABEL) }
}

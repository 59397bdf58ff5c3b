/** PREFIX.README: what a simulation was made of, in the form of SNANA's (the SNANA manual, sec. "DOCUMENTATION"). */
import { stringify } from 'yaml'
import { HUBBLE_CONSTANT, OMEGA_MATTER } from '../cosmology/cosmology.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { ClassSettings } from '../settings.ts'
import type { SkyClass } from '../sources/source.ts'
import { PHOTFLAG_DETECT, PHOTFLAG_TRIGGER } from './phot-table.ts'
import type { WrittenSky } from './snana-files.ts'
import { SURVEY_NAMES } from './survey-names.ts'

export interface ReadmeFacts {
  sky: SkyName
  filters: string
  seed: number
  version: string
  /** That were asked for. */
  objects: number
  classes: Readonly<Record<SkyClass, ClassSettings>>
}

/** Nothing in it depends on when or where it was made. */
export function readmeOf ({ sky, filters, seed, version, objects, classes }: ReadmeFacts, written: WrittenSky): string {
  return stringify({
    DOCUMENTATION: {
      OVERVIEW: { SURVEY: SURVEY_NAMES[sky], GENMODEL: 'CANDELA', CODE: `Candela ${version}`, FILTERS: filters },
      INPUT_KEYS: { NGENTOT_LC: objects, RANSEED: seed, H0: HUBBLE_CONSTANT, OMEGA_MATTER, CLASSES: classes },
      INPUT_NOTES: [
        'FLUXCAL is a difference flux with the zero point 27.5 mag AB; SIM_FLUXCAL is the same without noise, and has its sign',
        'MJD is TAI, the middle of the exposure',
        `PHOTFLAG: ${PHOTFLAG_DETECT} is a detection of either sign, ${PHOTFLAG_TRIGGER} the one that triggered`,
        'PHOTPROB is the real-bogus score of a detection',
        'SIM_TYPE_INDEX and SIM_GENTYPE are codes of ELAsTiCC\'s taxonomy',
        '-9 stands for what is not known'
      ],
      GENTYPE_TO_NAME: written.codes,
      OUTPUT_SUMMARY: { NGENLC_WRITE: written.objects, NOBS_WRITE: written.observations, NFILE: written.pairs.length, BY_CLASS: written.classes }
    },
    DOCUMENTATION_END: null
  }, { aliasDuplicateObjects: false, lineWidth: 0, nullStr: '' })
}

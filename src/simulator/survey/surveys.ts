/** The surveys by the name of their sky. */
import type { SkyName } from '../passbands/surveys.ts'
import { readDes } from './des.ts'
import { readGeneric } from './generic.ts'
import { readLsst } from './lsst.ts'
import type { Survey } from './survey.ts'
import { readZtf } from './ztf.ts'

const READERS: Readonly<Record<SkyName, (folder: string) => Promise<Survey>>> = { lsst: readLsst, ztf: readZtf, des: readDes, generic: readGeneric }

/**
 * Reads a survey's bands and visits from a folder of templates.
 * @throws CandelaError `templates-missing`, `templates-unreadable`, `templates-damaged`
 */
export const readSurvey = async (folder: string, sky: SkyName): Promise<Survey> => await READERS[sky](folder)

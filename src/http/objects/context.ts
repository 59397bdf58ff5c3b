/** The schema of what the newest alert says of an object beside its fluxes. Fields that nobody told are absent. */
import { z } from 'zod'
import { REDSHIFT_KINDS, SCORE_NAMES } from '../../alert/context/context.ts'

const separation = z.number().min(0)
export const redshiftKind = z.enum(REDSHIFT_KINDS)

export const contextSchema = z.object({
  realBogus: z.object({
    score: z.number().min(0).max(1).describe('From 0 (an artefact) to 1'),
    name: z.enum(SCORE_NAMES).describe('LSST\'s reliability; ZTF\'s drb (deep learning) or rb (random forest)')
  }).exactOptional().describe('Real–bogus score of the source that triggered the alert'),
  templateFlux: z.number().exactOptional().describe('Flux of the template image there [nJy, AB]: a bright constant source is most likely a star or a nucleus'),
  extendedness: z.number().exactOptional().describe('From 0 (a point) to 1 (extended)'),
  isDipole: z.boolean().exactOptional().describe('The difference image shows a dipole there'),
  nearest: z.object({
    catalogue: z.string().describe('Such as PS1, Gaia DR3'),
    starScore: z.number().min(0).max(1).nullable().describe('From 0 (a galaxy) to 1 (a star); null where not known'),
    separation: separation.nullable().describe('From the object [arcsec]; null where not known')
  }).exactOptional().describe('The nearest source of a star catalogue'),
  classes: z.array(z.object({
    catalogue: z.string().describe('Who says so: SIMBAD, Gaia DR3, VSX, Sherlock, TNS, a broker\'s classifier'),
    class: z.string(),
    name: z.string().exactOptional().describe('The name there')
  })).exactOptional().describe('Classes that catalogues, registries and brokers give to what lies there. Shown only: P(Ia) never rests on them'),
  detections: z.int().min(1).exactOptional().describe('Detections that the survey has made of the object'),
  firstDetectionMjdTai: z.number().exactOptional().describe('Time of the survey\'s first detection [d, MJD TAI]'),
  hostRedshifts: z.array(z.object({
    redshift: z.number(),
    redshiftErr: z.number().nullable().describe('Its 1σ error'),
    kind: redshiftKind,
    catalogue: z.string().describe('Such as NED, Legacy Surveys DR8, Sherlock. Those of TNS come with a type, and are never used'),
    separation: separation.exactOptional().describe('Of the catalogued galaxy from the object [arcsec]')
  })).exactOptional().describe('Redshifts of a host galaxy that the alert names, the best first'),
  matches: z.array(z.object({ survey: z.string(), diaObjectId: z.string() })).exactOptional().describe('The same transient in other surveys')
}).describe('What the newest alert says of the object beside its fluxes; absent where it says nothing')

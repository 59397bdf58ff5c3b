/** What a request to POST /v1/classify knows of an object beside its fluxes and its host. */
import { z } from 'zod'
import { refuseSlips } from '../../alert/json/misspelt-fields.ts'
import { NO_CONTEXT, type FirstContext } from '../../state/processor/given-light-curve.ts'

interface Fact {
  about: string
  expected: string
  isUsable: (value: number) => boolean
}

const isShare = (value: number): boolean => value >= 0 && value <= 1

const FACTS: Readonly<Record<keyof FirstContext, Fact>> = {
  templateFlux: { about: 'Flux of the template image [nJy]', expected: 'a finite number', isUsable: Number.isFinite },
  starScore: { about: 'Of the nearest catalogued source: 0 a galaxy, 1 a star', expected: 'a number from 0 to 1', isUsable: isShare },
  separation: { about: 'From the nearest catalogued source [arcsec]', expected: 'a number, 0 or more', isUsable: value => value >= 0 && Number.isFinite(value) },
  realBogus: { about: 'Score of the first alert: 0 an artefact, 1 real', expected: 'a number from 0 to 1', isUsable: isShare },
  detections: { about: 'Detections that the survey had made by then', expected: 'a whole number, 0 or more', isUsable: value => Number.isSafeInteger(value) && value >= 0 }
}
const NAMES = Object.keys(FACTS) as Array<keyof FirstContext>

const fact = (name: keyof FirstContext) => z.number({ error: `${FACTS[name].expected}, or null` }).nullable().optional().describe(FACTS[name].about)

const contextFields = {
  templateFlux: fact('templateFlux'), starScore: fact('starScore'), separation: fact('separation'), realBogus: fact('realBogus'), detections: fact('detections')
}

export const givenContextSchema = z.looseObject(contextFields, { error: 'an object' }).check(refuseSlips(NAMES))

export const contextLeftOutSchema = z.array(z.object({
  field: z.enum(NAMES),
  value: z.number(),
  expected: z.string()
})).describe('Facts of the context that are out of range: the light curve is classified without them. Absent where all are in range')

export type ContextLeftOut = z.output<typeof contextLeftOutSchema>

/** The facts that can be used, as live ones are rounded, and those that are out of range. */
export function givenContext (given: z.output<typeof givenContextSchema> | null | undefined): { context: FirstContext, contextLeftOut: ContextLeftOut } {
  const context = { ...NO_CONTEXT }
  const contextLeftOut: ContextLeftOut = []
  for (const name of NAMES) {
    const value = given?.[name] ?? null
    if (value === null) continue
    if (FACTS[name].isUsable(value)) context[name] = Math.fround(value) + 0
    else contextLeftOut.push({ field: name, value, expected: FACTS[name].expected })
  }
  return { context, contextLeftOut }
}

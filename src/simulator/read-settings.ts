/** The settings of a simulated sky as a user gives them: one JSON file. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'
import type { SkyName } from './passbands/surveys.ts'
import { allClasses, classesOf, DEFAULT_CLASSES, simulationSettings, type ClassSettings, type SimulationSettings } from './settings.ts'
import { SKY_CLASSES, type SkyClass } from './sources/source.ts'

const SEE = '`candela simulate --print-settings` prints all settings as they are where none is given.'

const wrong = (where: string, problem: string, value: unknown, cause?: unknown): UsageError =>
  new UsageError(`${where}: ${problem}`, { value, cause, action: SEE })

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** `classes.II.share: …`, one after the other. */
const issuesOf = (error: z.ZodError): string => error.issues.map(issue => {
  const path = pathOf(issue.path)
  if (issue.code !== 'unrecognized_keys') return `${path === '' ? '' : `${path}: `}${issue.message.replace(/^(\w)/, letter => letter.toLowerCase())}`
  const keys = issue.keys.map(key => pathOf([...issue.path, key])).join(', ')
  return path === 'classes' ? `${keys} is no class; the classes are ${SKY_CLASSES.join(', ')}` : `${keys} is no setting`
}).join('; ')

/**
 * @param where the file, for messages
 * @throws UsageError that names the key
 */
export function parseSettings (given: unknown, where: string): SimulationSettings {
  const parsed = simulationSettings.safeParse(given)
  if (!parsed.success) throw wrong(where, issuesOf(parsed.error), given, parsed.error)
  for (const [name, { redshift, brightMagnitude, volumetricRate, density }] of Object.entries(allClasses(parsed.data)) as Array<[SkyClass, ClassSettings]>) {
    const key = `classes.${name}`
    const usual = DEFAULT_CLASSES[name]
    if ((redshift === null) !== (usual.redshift === null)) {
      throw wrong(where, usual.redshift === null ? `${key}.redshift is given, and the class has none: its objects are in the Milky Way` : `${key}.redshift is null, and the class needs a range`, redshift)
    }
    if (redshift !== null && redshift.least >= redshift.most) throw wrong(where, `${key}.redshift: least (${redshift.least}) is not below most (${redshift.most})`, redshift)
    if (volumetricRate !== null && density !== null) throw wrong(where, `${key} has a volumetricRate and a density: one of them is null`, { volumetricRate, density })
    if (volumetricRate === null && density === null) throw wrong(where, `${key} has neither a volumetricRate nor a density`, null)
    if (volumetricRate !== null && redshift === null) throw wrong(where, `${key}.volumetricRate is given, and the class has no redshift`, volumetricRate)
    if (volumetricRate !== null && brightMagnitude === null) throw wrong(where, `${key}.brightMagnitude is null, and the class needs one`, brightMagnitude)
  }
  return parsed.data
}

/** @throws UsageError */
export function readSettings (file: string): SimulationSettings {
  let given: unknown
  try {
    given = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw wrong(`--settings ${file}`, `not a readable JSON file: ${messageOf(cause)}`, file, cause)
  }
  return parseSettings(given, `--settings ${file}`)
}

/**
 * Only these classes, with their shares.
 * @throws UsageError where one of them is not in the sky
 */
export function onlyClasses (settings: SimulationSettings, sky: SkyName, classes: readonly SkyClass[]): SimulationSettings {
  const all = allClasses(settings)
  for (const skyClass of classes) {
    if (!all[skyClass].skies.includes(sky)) throw wrong(`--classes ${skyClass}`, `classes.${skyClass}.skies does not have ${sky}`, skyClass)
    if (all[skyClass].share === 0) throw wrong(`--classes ${skyClass}`, `classes.${skyClass}.share is 0`, skyClass)
  }
  const none = SKY_CLASSES.filter(skyClass => !classes.includes(skyClass)).map(skyClass => [skyClass, { ...settings.classes[skyClass], share: 0 }] as const)
  return { ...settings, classes: { ...settings.classes, ...Object.fromEntries(none) } }
}

/** @throws UsageError where the sky has no class with a share */
export function checkShares (settings: SimulationSettings, sky: SkyName, where: string): void {
  if (classesOf(settings, sky).length > 0) return
  throw wrong(where, `classes: no class of the sky ${sky} has a share above 0`, sky)
}

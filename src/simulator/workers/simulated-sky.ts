/** The simulated sky, for threads. */
import { allClasses } from '../read-settings.ts'
import { createSimulation } from '../simulation.ts'
import { readModels } from '../sources/models.ts'
import { SKY_CLASSES } from '../sources/source.ts'
import type { SkyOpener } from './tasks.ts'

export const openSky: SkyOpener = async ({ sky, folder, seed, settings }) => {
  const classes = allClasses(settings)
  const drawn = new Set(SKY_CLASSES.filter(skyClass => classes[skyClass].share > 0 && classes[skyClass].skies.includes(sky)))
  return await createSimulation({ sky, folder, seed, settings, models: await readModels(folder, drawn) })
}

/** The simulated sky, for threads. */
import { classesOf } from '../settings.ts'
import { createSimulation } from '../simulation.ts'
import { readModels } from '../sources/models.ts'
import type { SkyOpener } from './tasks.ts'

export const openSky: SkyOpener = async ({ sky, folder, seed, settings }) =>
  await createSimulation({ sky, folder, seed, settings, models: await readModels(folder, classesOf(settings, sky)) })

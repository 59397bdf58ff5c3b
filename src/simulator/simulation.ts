/** A simulated sky: any object of it by its number, each made of the seed and that number alone. */
import { HISTORY_BEFORE_DETECTION } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { attemptsOf, type Attempts, type ClassPopulation } from './attempts.ts'
import { chance, uniform, weightedOneOf } from './distributions.ts'
import type { SimulatedLightCurve } from './light-curves/light-curve.ts'
import type { SkyName } from './passbands/surveys.ts'
import { randomFrom, type Random } from './random.ts'
import { Redshifts } from './redshifts.ts'
import { allClasses, classesOf, DENSITY_DEPTH, simulationSettings, type ClassSettings, type SimulationSettings } from './settings.ts'
import type { SkyClass, SourceModel } from './sources/source.ts'
import { keptAfter, keptPoints } from './survey/alerts.ts'
import { delivered } from './survey/delivered.ts'
import { sceneOf, type Exposed } from './survey/exposure.ts'
import { PRACTICES } from './survey/practice.ts'
import type { PointingChoice, Survey } from './survey/survey.ts'
import { readSurvey } from './survey/surveys.ts'
import { thinnedVisits } from './survey/thinning.ts'
import { firstFrom, visitsFrom } from './survey/visits.ts'

/** Draws of one object of a class until the survey alerts on it; after that another class is drawn. */
const MOST_TRIES = 60
/** Classes that are drawn for one object. */
const MOST_CLASSES = 20
/** Objects of a class that were given up before the first that was not: the class is told as not reachable. */
const MOST_GIVEN_UP = 8
/** Streams of random numbers of one object, beside those of attempts: its class, and of each try what it is and how it is measured. */
const [CLASS, SOURCE, MEASUREMENT] = [0, 1, 2]

export interface SimulationOptions {
  sky: SkyName
  /** Of templates. */
  folder: string
  /** A whole number. */
  seed: number
  settings?: SimulationSettings
  models: Readonly<Partial<Record<SkyClass, SourceModel>>>
}

export interface Simulation extends Attempts {
  survey: Survey
  /** Classes that are drawn, with their parts of the objects; they sum to 1. */
  shares: ReadonlyMap<SkyClass, number>
  /** Objects of each class that the survey did not alert on in 60 draws, so that another class took their place. */
  givenUp: ReadonlyMap<SkyClass, number>
  /**
   * @param index from 0
   * @throws CandelaError `class-not-reachable`
   */
  object (index: number): SimulatedLightCurve
  population (skyClass: SkyClass): ClassPopulation
}

interface DrawnClass { skyClass: SkyClass, model: SourceModel, settings: ClassSettings, redshifts: Redshifts | null }

/** A whole sky [deg²]. */
const WHOLE_SKY = 4 * Math.PI * (180 / Math.PI) ** 2

/** Classes that the sky has, by settings and models. */
function drawnClasses (sky: SkyName, settings: SimulationSettings, models: SimulationOptions['models']): Map<SkyClass, DrawnClass> {
  const drawn = new Map<SkyClass, DrawnClass>()
  const all = allClasses(settings)
  for (const skyClass of classesOf(settings, sky)) {
    const merged = all[skyClass]
    const model = models[skyClass]
    if (!model) {
      if (settings.classes[skyClass]?.share === undefined) continue
      throw new CandelaError('class-without-sources', `classes.${skyClass}.share is ${merged.share}, and there is no model of the class`, {
        value: skyClass, action: `Set classes.${skyClass}.share to 0, or leave it out.`
      })
    }
    if (merged.redshift && merged.redshift.least >= merged.redshift.most) {
      throw new CandelaError('redshift-range-empty', `classes.${skyClass}.redshift: least ${merged.redshift.least} is not below most ${merged.redshift.most}`, {
        value: merged.redshift, action: 'Give a range that ascends.'
      })
    }
    drawn.set(skyClass, { skyClass, model, settings: merged, redshifts: merged.redshift && new Redshifts(merged, sky) })
  }
  if (drawn.size === 0) {
    throw new CandelaError('sky-without-classes', `the sky ${sky} has no class with a share above 0 and a model`, { value: sky, action: 'Give a class of this sky a share.' })
  }
  return drawn
}

/** What a survey's depth is for the reach of a class: the middle one of g, r, i, where most classes are brightest [mag]. */
const reachDepth = ({ passbands }: Survey, depth: readonly number[]): number => {
  const middle = depth.filter((_, b) => ['g', 'r', 'i'].includes(passbands[b]!.band)).sort((a, b) => a - b)
  return middle[middle.length >> 1]!
}

/**
 * Reads what a sky needs. Two simulations of the same options give the same objects, in whatever order and process.
 * @throws CandelaError `templates-missing`, `templates-unreadable`, `templates-damaged`, `class-without-sources`, `redshift-range-empty`, `sky-without-classes`
 */
export async function createSimulation ({ sky, folder, seed, settings = simulationSettings.parse({}), models }: SimulationOptions): Promise<Simulation> {
  const classes = drawnClasses(sky, settings, models)
  const survey = await readSurvey(folder, sky)
  const practice = PRACTICES[sky]
  const list = [...classes.values()]
  const total = list.reduce((sum, { settings: { share } }) => sum + share, 0)
  const [givenUp, reached] = [new Map<SkyClass, number>(), new Set<SkyClass>()]

  function draw (random: Random, { skyClass, model, redshifts }: DrawnClass, choice: PointingChoice, isBright = false): Exposed {
    const pointing = survey.pointing(random, choice)
    const visits = choice === 'training' ? thinnedVisits(random, practice, pointing.visits) : pointing.visits
    const redshift = redshifts && (choice === 'training'
      ? redshifts.forTraining(random, redshifts.limit(isBright ? practice.brightLimit : reachDepth(survey, pointing.depth)))
      : redshifts.byVolume(random, redshifts.limit(reachDepth(survey, survey.depth))))
    const peakMjd = uniform(random, visits.mjd[0] ?? 0, visits.mjd.at(-1) ?? 0)
    const source = model.draw(random, { passbands: survey.passbands, depth: pointing.depth, redshift, peakMjd, visits })
    return { skyClass, source, redshift, pointing, visits }
  }

  function tried (index: number, number: number, drawnClass: DrawnClass, isBright: boolean): SimulatedLightCurve | undefined {
    const { skyClass } = drawnClass
    const exposed = draw(randomFrom(seed, index, number, SOURCE), drawnClass, 'training', isBright)
    const { source, visits } = exposed
    const random = randomFrom(seed, index, number, MEASUREMENT)
    const scene = sceneOf(random, survey, practice, exposed, true)
    if (!scene) return undefined
    const after = keptAfter(random)
    const lastAlert = visits.mjd[scene.end - 1]!
    const first = firstFrom(visits, visits.mjd[scene.first]! - HISTORY_BEFORE_DETECTION)
    const end = firstFrom(visits, lastAlert + after)
    const noiseFree = scene.differences(first, end)
    const observations = { ...scene.measure(random, first, end, noiseFree), noiseFree, visits: visitsFrom(visits, first, end) }
    const kept = keptPoints(random, sky, practice, skyClass, source.persistent, isBright && !source.persistent && skyClass !== 'artefact', observations, lastAlert, after)
    if (!kept) return undefined
    return { index, ...kept, ...delivered(random, practice, exposed, scene) }
  }

  function giveUp ({ skyClass }: DrawnClass, rounds: number): void {
    const count = (givenUp.get(skyClass) ?? 0) + 1
    givenUp.set(skyClass, count)
    if (rounds < MOST_CLASSES && (reached.has(skyClass) || count < MOST_GIVEN_UP)) return
    throw new CandelaError('class-not-reachable', `${sky} did not alert on ${count * MOST_TRIES} objects of the class ${skyClass}`, {
      value: skyClass, action: `Look at classes.${skyClass}.redshift and brightMagnitude, or leave ${sky} out of classes.${skyClass}.skies.`
    })
  }

  function population (skyClass: SkyClass): ClassPopulation {
    const { redshifts, settings: { volumetricRate, density, densityGrowth } } = classes.get(skyClass)!
    return redshifts && volumetricRate !== null
      ? { kind: 'events', density: redshifts.within(redshifts.limit(reachDepth(survey, survey.depth))) / WHOLE_SKY }
      : { kind: 'sources', density: (density ?? 0) * 10 ** (densityGrowth * (reachDepth(survey, survey.depth) - DENSITY_DEPTH)) }
  }

  const attempts = attemptsOf({ survey, practice, seed, draw: (random, skyClass) => draw(random, classes.get(skyClass)!, 'area'), kindOf: skyClass => population(skyClass).kind })

  return {
    survey,
    shares: new Map(list.map(({ skyClass, settings: { share } }) => [skyClass, share / total])),
    givenUp,
    object (index) {
      const random = randomFrom(seed, index, CLASS)
      for (let [number, round] = [0, 1]; ; round++) {
        const drawnClass = weightedOneOf(random, list, ({ settings: { share } }) => share)
        const isBright = chance(random, practice.brightShare)
        for (let k = 0; k < MOST_TRIES; k++) {
          const lightCurve = tried(index, number++, drawnClass, isBright)
          if (!lightCurve) continue
          reached.add(drawnClass.skyClass)
          return lightCurve
        }
        giveUp(drawnClass, round)
      }
    },
    ...attempts,
    population
  }
}

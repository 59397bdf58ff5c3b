/** Test objects as another survey would have seen them: how a model fares where the sky differs from its simulation. */
import { nightOf } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'
import { isDetection } from '../../light-curve/window.ts'
import type { LabelledObject } from './labelled-object.ts'
import { seededRandom, type Random } from './random.ts'
import { movedHost, observe, pointingsOf } from './realisation.ts'

export const SKIES = ['as-given', 'two-bands', 'half-the-nights', 'half-the-points', 'shallow', 'deep', 'near', 'from-peak'] as const
export type Sky = typeof SKIES[number]

export const ABOUT_SKIES: Readonly<Record<Sky, string>> = {
  'as-given': 'as the data have it',
  'two-bands': 'g and r only',
  'half-the-nights': 'every other night is lost',
  'half-the-points': 'half of the points are lost, at random',
  shallow: 'errors of the sky twice as large (0.75 mag)',
  deep: 'errors of the sky half as large',
  near: 'redshifts a tenth smaller',
  'from-peak': 'nothing observed before the peak'
}

/** The skies that need the noise-free fluxes of a simulation. */
const SIMULATED: readonly Sky[] = ['shallow', 'deep', 'near']
const NEARER = 0.9

function alter (object: LabelledObject, sky: Sky, random: Random): LabelledObject | null {
  const only = (keep: (point: FeaturePoint) => boolean): LabelledObject => ({ ...object, points: object.points.filter(keep), noiseFree: null })
  const seen = (depth: number, redshift: number | null): LabelledObject | null => {
    const points = observe(object, { pointings: pointingsOf(object), shift: 0, redshift, depth }, random)
    return points && { ...object, points, noiseFree: null }
  }
  switch (sky) {
    case 'as-given': return object
    case 'two-bands': return only(({ band }) => band === 'g' || band === 'r')
    case 'half-the-nights': return only(({ midpointMjdTai }) => nightOf(midpointMjdTai) % 2 === 0)
    case 'half-the-points': return only(() => random.uniform() < 0.5)
    case 'shallow': return seen(2, null)
    case 'deep': return seen(0.5, null)
    case 'near': {
      if (object.redshift === null) return null
      const redshift = NEARER * object.redshift
      const nearer = seen(1, redshift)
      return nearer && { ...nearer, redshift, host: movedHost(object.host, object.redshift, redshift) }
    }
    case 'from-peak': return object.peakMjd === null ? null : only(({ midpointMjdTai }) => midpointMjdTai >= object.peakMjd!)
  }
}

/**
 * The objects under another sky; those that would not be detected there are left out. The same objects give the same
 * light curves.
 * @throws CandelaError `sky-not-simulated` where the data do not tell what a sky needs
 */
export function underSky (objects: readonly LabelledObject[], sky: Sky): LabelledObject[] {
  if (sky === 'as-given') return [...objects]
  const random = seededRandom(1 + SKIES.indexOf(sky))
  return objects.flatMap(object => {
    const altered = alter(object, sky, random)
    if (altered === null) {
      throw new CandelaError('sky-not-simulated', `object ${object.snid} cannot be seen under the sky '${sky}': ${
        SIMULATED.includes(sky) ? 'its noise-free fluxes (SIM_MAG) or its redshift' : 'its time of peak'} is not known`, {
        value: sky, action: 'Give simulated light curves that carry it, or another sky.'
      })
    }
    return altered.points.some(isDetection) ? [altered] : []
  })
}

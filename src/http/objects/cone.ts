/** A cone on the sky, as parameters of a query string. */
import { SKY } from '../../alert/points/points.ts'
import type { Cone } from '../../state/views.ts'
import { numberBetween } from '../schemas.ts'

export const coneParameters = {
  ra: numberBetween(SKY.ra.least, SKY.ra.most, `a right ascension from ${SKY.ra.least} to ${SKY.ra.most} deg`).optional().describe('Centre of a cone: right ascension [deg, ICRS]; with dec and radius').meta({ example: 53.1 }),
  dec: numberBetween(SKY.dec.least, SKY.dec.most, `a declination from ${SKY.dec.least} to ${SKY.dec.most} deg`).optional().describe('Centre of a cone: declination [deg, ICRS]').meta({ example: -27.8 }),
  radius: numberBetween(0, 180, 'a radius from 0 to 180 deg').optional().describe('Radius of the cone [deg], not arcsec; what lies just at it is in').meta({ example: 0.5 })
}

type GivenCone = Partial<Record<keyof Cone, number | undefined>>

/** Names of the parameters that are missing: all three where no cone is asked for. */
export const missingOfCone = (given: GivenCone): Array<keyof Cone> => (['ra', 'dec', 'radius'] as const).filter(name => given[name] === undefined)
export const CONE_EXPECTED = 'a number: ra, dec and radius go together'

export const coneOf = ({ ra, dec, radius }: GivenCone): Cone | undefined =>
  ra === undefined || dec === undefined || radius === undefined ? undefined : { ra, dec, radius }

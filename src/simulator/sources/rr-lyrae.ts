/** RR Lyrae: fundamental mode (RRab) and first overtone (RRc). */
import { chance, logUniform, oneOf, uniform } from '../distributions.ts'
import { PULSATION, readPhasedCurves } from '../phased/phased-curve.ts'
import { starLike, type Modulation } from '../phased/periodic-star.ts'
import { readStripe82, type RrLyrae } from '../phased/stripe-82.ts'
import type { Random } from '../random.ts'
import type { SourceModelMaker } from './source.ts'

/** Share of the shapes of ZTF; the others are those of Stripe 82. */
const ZTF_SHARE = 0.6
/** The gap between the periods of both modes [d]: the longest RRc of Stripe 82 has 0.432, the shortest RRab 0.437. */
const MODES_PART_AT = 0.435
/** Share of RRab that have the effect, and of RRc (Smith 1995, RR Lyrae Stars, Cambridge: 20–30 %, a few per cent). */
const BLAZHKO = { ab: 0.25, c: 0.05 }

/** Blazhko's effect: the amplitude goes up and down within weeks or months. */
function blazhko (random: Random): Modulation {
  const [period, depth, phase] = [logUniform(random, 20, 150), uniform(random, 0.05, 0.3), random()]
  return { of: mjd => 1 + depth * Math.sin(2 * Math.PI * (mjd / period + phase)), parameters: { blazhko: depth, blazhko_d: period } }
}

export const rrLyraeModel: SourceModelMaker = async folder => {
  const curves = await readPhasedCurves(folder, 'periodic/RR Lyr.lclib.xz', PULSATION)
  const ztf = curves.map((curve): RrLyrae => ({ ...curve, kind: curve.period > MODES_PART_AT ? 'ab' : 'c' }))
  const stripe82 = await readStripe82(folder)
  return {
    draw (random, circumstances) {
      const curve = oneOf(random, chance(random, ZTF_SHARE) ? ztf : stripe82)
      const modulation = chance(random, BLAZHKO[curve.kind]) ? blazhko(random) : undefined
      return starLike(random, circumstances, `RR${curve.kind}`, curve, modulation)
    }
  }
}

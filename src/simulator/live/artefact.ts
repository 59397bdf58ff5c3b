/** An artefact of the simulated sky: drawn with the visits of its field, in which alone it shows. */
import { BANDS, magnitudeOfNJy } from '../../alert/alert.ts'
import { uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import { drawArtefact } from '../sources/artefact.ts'
import type { Visits } from '../survey/visits.ts'
import type { Cadence } from './cadence.ts'
import type { Behaviour } from './objects.ts'

/** Nights before and after its own in which an artefact may show. */
export const ARTEFACT_NIGHTS = 15
/** Where there is no star below: the template's light [nJy]. */
const [FAINTEST, BRIGHTEST] = [50, 20_000]

/** @param night in which it is brightest, unless its field is not visited then */
export function liveArtefact (random: Random, cadence: Cadence, field: number, night: number): Behaviour {
  const visited = Array.from({ length: 2 * ARTEFACT_NIGHTS + 1 }, (_, k) => cadence.visitsOf(field, night - ARTEFACT_NIGHTS + k)).flat()
  const visits: Visits = {
    mjd: Float64Array.from(visited, ({ midpointMjdTai }) => midpointMjdTai),
    band: Uint8Array.from(visited, ({ band }) => BANDS.indexOf(band)),
    depth: Float64Array.from(visited, ({ fiveSigmaFlux }) => magnitudeOfNJy(fiveSigmaFlux))
  }
  const middle = visits.mjd[visits.mjd.length >> 1] ?? 0
  const source = drawArtefact(random, visits, middle, BANDS.map(band => ({ band })))
  const flux = source.fluxes(visits)
  const known = new Map(visited.map(({ midpointMjdTai }, k) => [midpointMjdTai, flux[k]!]))
  const light = FAINTEST * (BRIGHTEST / FAINTEST) ** uniform(random, 0, 1)
  return {
    class: 'artefact',
    subtype: source.subtype,
    redshift: null,
    peakMjdTai: null,
    templateFlux: { u: light / 3, g: light / 1.5, r: light, i: light * 1.3, z: light * 1.5, y: light * 1.6 },
    visible: visited.length === 0 ? null : { from: source.from, to: source.until },
    flux: (_band, midpointMjdTai) => known.get(midpointMjdTai) ?? 0
  }
}

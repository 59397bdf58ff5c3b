/** Light curves of any shape for the writer: every kind of value that it has to write, none of physics. */
import type { Band } from '../../../src/alert/alert.ts'
import type { SimulatedLightCurve } from '../../../src/simulator/light-curves/light-curve.ts'
import { chance, gaussian, integer, logUniform, oneOf, uniform } from '../../../src/simulator/distributions.ts'
import { bandsOfSky, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { GALACTIC_CLASSES, SKY_CLASSES, type SkyClass } from '../../../src/simulator/sources/source.ts'

const PARAMETERS: Partial<Record<SkyClass, readonly string[]>> = { Ia: ['salt_x1', 'salt_c'], RRL: ['period', 'amplitude'], II: ['stretch'] }

/** Object `index` of a sky, always the same. */
export function generatedLightCurve (sky: SkyName, seed: number, index: number, fixedClass?: SkyClass): SimulatedLightCurve {
  const random = randomFrom(seed, index)
  const bands: readonly Band[] = bandsOfSky(sky)
  const skyClass = fixedClass ?? oneOf(random, SKY_CLASSES)
  const isGalactic = GALACTIC_CLASSES.has(skyClass)
  const count = integer(random, 1, 60)
  const mjd = Float64Array.from({ length: count }, (_, k) => 60_000 + 3 * k + random())
  const noiseFree = Float32Array.from({ length: count }, () => chance(random, 0.2) ? 0 : gaussian(random, 500, 3000))
  const fluxErr = Float32Array.from({ length: count }, () => uniform(random, 50, 400))
  const flux = noiseFree.map((value, k) => gaussian(random, value, fluxErr[k]!))
  const detected = Uint8Array.from(flux, (value, k) => Number(Math.abs(value) > 5 * fluxErr[k]!))
  const isCatalogued = chance(random, 0.7)
  const hasRedshift = chance(random, 0.7)
  const redshift = isGalactic ? null : uniform(random, 0.01, 1)
  return {
    index,
    ra: uniform(random, 0, 360),
    dec: uniform(random, -80, 20),
    field: oneOf(random, ['WFD', 'DDF_COSMOS']),
    triggerMjd: mjd[detected.indexOf(1)] ?? mjd[0]!,
    photometry: {
      mjd,
      band: Uint8Array.from({ length: count }, () => integer(random, 0, bands.length - 1)),
      flux,
      fluxErr,
      noiseFree,
      depth: Float32Array.from({ length: count }, () => uniform(random, 22, 25)),
      detected,
      realBogus: Float32Array.from(detected, one => one === 1 ? random() : NaN)
    },
    context: {
      templateFlux: Float64Array.from(bands, () => isCatalogued ? logUniform(random, 10, 1e6) : 0),
      starScore: isCatalogued ? random() : NaN,
      separation: isCatalogued ? uniform(random, 0, 3) : NaN
    },
    host: { redshift: hasRedshift ? uniform(random, 0.01, 1) : NaN, redshiftErr: hasRedshift ? 0.03 : NaN, isSpectroscopic: hasRedshift && chance(random, 0.4), mwebv: uniform(random, 0, 0.3) },
    truth: {
      class: skyClass,
      subtype: `${skyClass}-${integer(random, 1, 3)}`,
      redshift,
      peakMjd: isGalactic ? null : uniform(random, 60_000, 60_100),
      mwebv: uniform(random, 0, 0.3),
      hostEbv: uniform(random, 0, 0.2),
      parameters: Object.fromEntries((PARAMETERS[skyClass] ?? []).map(name => [name, gaussian(random, 0, 1)]))
    }
  }
}

/** An outburst that radiates like a black body, in a host galaxy with dust, as a survey's bands see it. */
import { CandelaError } from '../../errors.ts'
import { dustTransmission } from '../dust/ccm89.ts'
import { nodesFor, thermalSeries, type ThermalLight } from '../spectra/black-body.ts'
import { bandCurves, fluxAt } from '../spectra/spectral-series.ts'
import type { Circumstances, SimulatedSource, SkyClass } from './source.ts'

/**
 * The redshift that an extragalactic class needs.
 * @throws CandelaError `redshift-missing`
 */
export function redshiftOf ({ redshift }: Circumstances, skyClass: SkyClass): number {
  if (redshift === null) {
    throw new CandelaError('redshift-missing', `${skyClass} lies outside the Milky Way and has no redshift range`, {
      value: skyClass, action: `Give classes.${skyClass}.redshift in the settings.`
    })
  }
  return redshift
}

/**
 * @param subtype kind within the class
 * @param light what shines
 * @param hostEbv E(B−V) of the host's dust, R(V) = 3.1 [mag]
 * @param parameters what was drawn
 */
export function thermalTransient (skyClass: SkyClass, subtype: string, light: ThermalLight, hostEbv: number, parameters: Readonly<Record<string, number>>, circumstances: Circumstances): SimulatedSource {
  const { passbands, peakMjd } = circumstances
  const redshift = redshiftOf(circumstances, skyClass)
  const series = thermalSeries(light, nodesFor(passbands, redshift))
  const { times, flux } = bandCurves(series, redshift, passbands, hostEbv > 0 ? wavelength => dustTransmission(wavelength, hostEbv) : undefined)
  const until = peakMjd + times.at(-1)!
  return {
    subtype,
    persistent: false,
    peakMjd,
    from: peakMjd + times[0]!,
    until,
    fluxes: ({ mjd, band }) => Float64Array.from(mjd, (time, k) => time > until ? 0 : fluxAt(times, flux[band[k]!]!, time - peakMjd)),
    hostEbv,
    parameters
  }
}

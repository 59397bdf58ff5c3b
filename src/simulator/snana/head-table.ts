/** HEAD: one row an object: what an observer knows, and the truth in the columns SIM_… (the SNANA manual, sec. "FITS format"). */
import type { Band } from '../../alert/alert.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { SimulatedLightCurve } from '../light-curves/light-curve.ts'
import { typeCode } from './class-codes.ts'
import { fluxcal, magnitudeOf, orUnknown, UNKNOWN } from './phot-table.ts'
import { filterOf, objectId } from './survey-names.ts'
import { TableLayout, type Column } from './table-layout.ts'

/** 1σ of the reported E(B−V), as a share of it. */
const MWEBV_ERROR_SHARE = 0.1
/** Below it the catalogue takes the nearest source for a galaxy. */
const STAR = 0.5

/** An object, and its first row in PHOT, counted from 1. */
export interface HeadRow { curve: SimulatedLightCurve, firstRow: number }

/** The observer's guess of the peak: the brightest detection, or the strongest where all are negative. */
function apparentPeak ({ photometry: { mjd, flux, detected } }: SimulatedLightCurve): number {
  let best = -1
  for (let k = 0; k < mjd.length; k++) if (detected[k] === 1 && (best < 0 || flux[k]! > flux[best]!)) best = k
  if (best >= 0 && flux[best]! < 0) for (let k = 0; k < mjd.length; k++) if (detected[k] === 1 && flux[k]! < flux[best]!) best = k
  return best < 0 ? UNKNOWN : mjd[best]!
}

const firstDetection = ({ photometry: { mjd, detected } }: SimulatedLightCurve): number => mjd[detected.indexOf(1)] ?? UNKNOWN

/** A catalogued galaxy at the position, as an observer sees it: a host, or by chance. */
const hasHost = ({ context: { starScore } }: SimulatedLightCurve): boolean => starScore < STAR

const float = (name: string, value: (curve: SimulatedLightCurve) => number, unit?: string, comment?: string): Column<HeadRow> =>
  ({ name, form: '1E', value: ({ curve }) => value(curve), ...unit !== undefined && { unit }, ...comment !== undefined && { comment } })
const double = (name: string, value: (curve: SimulatedLightCurve) => number, unit: string, comment?: string): Column<HeadRow> =>
  ({ name, form: '1D', value: ({ curve }) => value(curve), unit, ...comment !== undefined && { comment } })
const code = ({ truth }: SimulatedLightCurve): number => typeCode(truth.class, truth.subtype)

const spectroscopic = ({ host }: SimulatedLightCurve, value: number): number => host.isSpectroscopic ? orUnknown(value) : UNKNOWN
const photometric = ({ host }: SimulatedLightCurve, value: number): number => host.isSpectroscopic ? UNKNOWN : orUnknown(value)

/** The columns of every file of a sky; those of the parameters come behind them. */
export function headLayout (sky: SkyName, bands: readonly Band[], seed: number): TableLayout<HeadRow> {
  return new TableLayout<HeadRow>('Header', [
    { name: 'SNID', form: '32A', comment: 'sky, seed and object', value: ({ curve }) => objectId(sky, seed, curve.index) },
    { name: 'IAUC', form: '16A', value: () => 'NONE' },
    { name: 'FAKE', form: '1I', comment: '2: simulated', value: () => 2 },
    double('RA', ({ ra }) => ra, 'deg', 'ICRS'),
    double('DEC', ({ dec }) => dec, 'deg', 'ICRS'),
    float('PIXSIZE', () => UNKNOWN, 'arcsec'),
    { name: 'SNTYPE', form: '1I', comment: 'spectroscopic type: none', value: () => UNKNOWN },
    { name: 'NOBS', form: '1J', value: ({ curve }) => curve.photometry.mjd.length },
    { name: 'PTROBS_MIN', form: '1J', comment: 'first row in PHOT, from 1', value: ({ firstRow }) => firstRow },
    { name: 'PTROBS_MAX', form: '1J', comment: 'last row in PHOT', value: ({ curve, firstRow }) => firstRow + curve.photometry.mjd.length - 1 },
    float('MWEBV', ({ host }) => orUnknown(host.mwebv), 'mag', 'as reported'),
    float('MWEBV_ERR', ({ host }) => orUnknown(host.mwebv * MWEBV_ERROR_SHARE), 'mag'),
    float('REDSHIFT_HELIO', curve => spectroscopic(curve, curve.host.redshift), undefined, 'spectroscopic'),
    float('REDSHIFT_HELIO_ERR', curve => spectroscopic(curve, curve.host.redshiftErr)),
    float('REDSHIFT_FINAL', curve => spectroscopic(curve, curve.host.redshift), undefined, 'spectroscopic, CMB'),
    float('REDSHIFT_FINAL_ERR', curve => spectroscopic(curve, curve.host.redshiftErr)),
    float('HOSTGAL_PHOTOZ', curve => photometric(curve, curve.host.redshift)),
    float('HOSTGAL_PHOTOZ_ERR', curve => photometric(curve, curve.host.redshiftErr)),
    float('HOSTGAL_SPECZ', curve => spectroscopic(curve, curve.host.redshift)),
    float('HOSTGAL_SPECZ_ERR', curve => spectroscopic(curve, curve.host.redshiftErr)),
    float('HOSTGAL_SNSEP', curve => hasHost(curve) ? orUnknown(curve.context.separation) : UNKNOWN, 'arcsec'),
    ...bands.map((band, k) => float(`HOSTGAL_MAG_${filterOf(band)}`, curve => hasHost(curve) ? orUnknown(magnitudeOf(curve.context.templateFlux[k]!)) : UNKNOWN, 'mag', 'at the position, AB')),
    ...bands.map((band, k) => float(`TEMPLATE_FLUXCAL_${filterOf(band)}`, ({ context }) => orUnknown(fluxcal(context.templateFlux[k]!)), undefined, 'star, nucleus or host')),
    float('STAR_SCORE', ({ context }) => orUnknown(context.starScore), undefined, 'nearest source: 0 galaxy, 1 star'),
    float('NEAREST_SEP', ({ context }) => orUnknown(context.separation), 'arcsec', 'nearest source'),
    double('PEAKMJD', apparentPeak, 'd', 'brightest detection'),
    double('MJD_TRIGGER', ({ triggerMjd }) => triggerMjd, 'd'),
    double('MJD_DETECT_FIRST', firstDetection, 'd'),
    { name: 'SIM_MODEL_NAME', form: '24A', value: ({ curve }) => `CANDELA.${curve.truth.class}` },
    { name: 'SIM_TYPE_NAME', form: '16A', comment: 'class', value: ({ curve }) => curve.truth.class },
    { name: 'SIM_SUBTYPE', form: '24A', value: ({ curve }) => curve.truth.subtype },
    { name: 'SIM_TYPE_INDEX', form: '1J', comment: 'ELAsTiCC taxonomy', value: ({ curve }) => code(curve) },
    { name: 'SIM_GENTYPE', form: '1J', comment: 'the same', value: ({ curve }) => code(curve) },
    float('SIM_REDSHIFT_HELIO', ({ truth }) => orUnknown(truth.redshift)),
    float('SIM_REDSHIFT_CMB', ({ truth }) => orUnknown(truth.redshift), undefined, 'no peculiar velocities: the same'),
    double('SIM_PEAKMJD', ({ truth }) => orUnknown(truth.peakMjd), 'd'),
    float('SIM_MWEBV', ({ truth }) => truth.mwebv, 'mag', 'E(B-V) of the Milky Way'),
    float('SIM_HOSTEBV', ({ truth }) => truth.hostEbv, 'mag', 'E(B-V) of the host')
  ])
}

/** The rows of some light curves, PTROBS counted from the first of their rows in PHOT, which is 1. */
export function headRows (layout: TableLayout<HeadRow>, curves: readonly SimulatedLightCurve[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(curves.length * layout.rowBytes)
  const target = Buffer.from(bytes.buffer)
  let firstRow = 1
  curves.forEach((curve, k) => {
    layout.put(target, k * layout.rowBytes, { curve, firstRow })
    firstRow += curve.photometry.mjd.length + 1
  })
  return bytes
}

/** The column of a parameter. */
export const parameterColumn = (name: string): string => `SIM_PARAM_${name.toUpperCase()}`

/** HEAD with the parameters of its objects as columns behind the others, in the order of their names; −9 where an object has none of that name. */
export function withParameters (layout: TableLayout<HeadRow>, names: readonly string[]): TableLayout<HeadRow> {
  return new TableLayout(layout.name, [...layout.columns, ...names.map(name => float(parameterColumn(name), ({ truth }) => truth.parameters[name] ?? UNKNOWN))])
}

/** Which of the redshifts that a packet names becomes the host redshift of its alert. */
import type { HostFacts } from '../alert.ts'
import { REDSHIFT_KINDS, type HostRedshift } from './context.ts'

/**
 * Redshifts from 0 to this, both excluded, are plausible: fillers such as −99, −9 and 0 are not, nor are photometric
 * redshifts beyond every supernova that LSST sees (superluminous ones reach about 3).
 */
export const MOST_PLAUSIBLE_REDSHIFT = 4

export const isPlausibleRedshift = (redshift: number | null | undefined): redshift is number =>
  typeof redshift === 'number' && redshift > 0 && redshift < MOST_PLAUSIBLE_REDSHIFT

/**
 * Registries of transients: their redshifts are labels, measured by a spectroscopist with the type of the supernova.
 * They are kept and shown, and never given to the network, whose scores they would spoil.
 */
const LABELS = /\bTNS\b/i

/** Whether a redshift comes from a label, not from a galaxy. */
export const isLabel = ({ catalogue }: Pick<HostRedshift, 'catalogue'>): boolean => LABELS.test(catalogue)

const compare = <Value extends number | string>(a: Value, b: Value): number => a < b ? -1 : a > b ? 1 : 0
/** Where not known, behind all that are. */
const last = (value: number | null | undefined): number => value ?? Infinity

/**
 * Spectroscopic ones before photometric ones before those of unknown kind; of one kind, the smaller error, then the nearer
 * galaxy, then the smaller redshift, so that the order of the packet does not matter. Labels come last.
 */
const byWorth = (a: HostRedshift, b: HostRedshift): number =>
  compare(Number(isLabel(a)), Number(isLabel(b))) || compare(REDSHIFT_KINDS.indexOf(a.kind), REDSHIFT_KINDS.indexOf(b.kind)) ||
  compare(last(a.redshiftErr), last(b.redshiftErr)) || compare(last(a.separation), last(b.separation)) ||
  compare(a.redshift, b.redshift) || compare(a.catalogue, b.catalogue)

/** The plausible ones, best first. An error that is no positive number is not known. */
export function bestFirst (redshifts: readonly HostRedshift[]): HostRedshift[] {
  return redshifts.filter(({ redshift, kind }) => isPlausibleRedshift(redshift) && REDSHIFT_KINDS.includes(kind)).map(({ redshift, redshiftErr, kind, catalogue, separation }): HostRedshift => ({
    redshift,
    redshiftErr: typeof redshiftErr === 'number' && redshiftErr > 0 && Number.isFinite(redshiftErr) ? redshiftErr : null,
    kind,
    catalogue,
    ...typeof separation === 'number' && separation >= 0 && Number.isFinite(separation) && { separation: separation + 0 }
  })).sort(byWorth)
}

/** @returns the one that becomes the host redshift; undefined where none can be used */
export const bestRedshift = (redshifts: readonly HostRedshift[]): HostRedshift | undefined => bestFirst(redshifts).find(redshift => !isLabel(redshift))

/**
 * The host facts of an alert.
 * @param redshifts those that the packet names, in any order; the alert's context lists the same
 * @param mwebv Milky Way E(B−V) [mag]; null where not known
 */
export function hostFactsOf (redshifts: readonly HostRedshift[], mwebv: number | null = null): HostFacts {
  const best = bestRedshift(redshifts)
  return { redshift: best?.redshift ?? null, redshiftErr: best?.redshiftErr ?? null, mwebv: mwebv !== null && mwebv >= 0 && Number.isFinite(mwebv) ? mwebv : null }
}

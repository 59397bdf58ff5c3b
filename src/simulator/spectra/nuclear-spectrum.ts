/** The mean spectrum of an active nucleus: a power law, its broad lines, and what hydrogen on the way takes of it. */

interface Line {
  /** Rest wavelength, equivalent width and standard deviation [Å]. */
  wavelength: number
  equivalentWidth: number
  width: number
}

/**
 * Strongest lines of the composite quasar (Vanden Berk et al. 2001, AJ 122, 549, table 2), rounded; iron and the Balmer
 * continuum as one broad bump. Lyman α has two thirds of the composite's strength: with all of it,
 * quasars at z = 2 come out bluer in u − g than SDSS sees them (Richards et al. 2001, AJ 121, 2308).
 */
const LINES: readonly Line[] = [
  { wavelength: 1033, equivalentWidth: 10, width: 8 },
  { wavelength: 1216, equivalentWidth: 60, width: 19 },
  { wavelength: 1398, equivalentWidth: 8, width: 14 },
  { wavelength: 1546, equivalentWidth: 24, width: 14 },
  { wavelength: 1906, equivalentWidth: 21, width: 24 },
  { wavelength: 2800, equivalentWidth: 32, width: 35 },
  { wavelength: 2950, equivalentWidth: 150, width: 500 },
  { wavelength: 4346, equivalentWidth: 13, width: 20 },
  { wavelength: 4853, equivalentWidth: 46, width: 40 },
  { wavelength: 5008, equivalentWidth: 13, width: 6 },
  { wavelength: 6565, equivalentWidth: 195, width: 47 }
]

/** Bluewards of Lyman α the continuum falls as ν^−1.57 (Telfer et al. 2002, ApJ 565, 773), where it was flatter before [Å]. */
const BREAK = 1216
const SLOPE_BEYOND = -1.57
const LYMAN_LIMIT = 912
/** Wavelength [Å] and strength of the lines that make the forest (Madau 1995, ApJ 441, 18, eqs. 12 and 15). */
const FOREST = [[1216, 0.0036], [1026, 0.0017]] as const

/**
 * Share of the light that the intergalactic medium passes on average (Madau 1995); none below the Lyman limit.
 * @param wavelength in the nucleus's frame [Å]
 */
export function intergalacticTransmission (wavelength: number, redshift: number): number {
  if (wavelength < LYMAN_LIMIT) return 0
  let depth = 0
  for (const [line, strength] of FOREST) {
    if (wavelength < line) depth += strength * (wavelength * (1 + redshift) / line) ** 3.46
  }
  return Math.exp(-depth)
}

/**
 * f_λ at a rest wavelength [Å], 1 for the continuum at 4000 Å.
 * @param slope α of the continuum f_ν ∝ ν^α redwards of Lyman α
 * @param lineStrength equivalent widths against the composite's
 */
export function nuclearSpectrum (wavelength: number, slope: number, lineStrength: number): number {
  let lines = 0
  for (const { wavelength: centre, equivalentWidth, width } of LINES) {
    const distance = (wavelength - centre) / width
    if (Math.abs(distance) < 5) lines += equivalentWidth / (width * Math.sqrt(2 * Math.PI)) * Math.exp(-0.5 * distance ** 2)
  }
  const bluewards = wavelength < BREAK ? (wavelength / BREAK) ** Math.max(0, slope - SLOPE_BEYOND) : 1
  return (wavelength / 4000) ** (-2 - slope) * bluewards * (1 + lineStrength * lines)
}

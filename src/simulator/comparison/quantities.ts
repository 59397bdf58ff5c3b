/** What is compared of light curves. */

export interface Quantity {
  id: string
  /** As a reader of the report sees it. */
  title: string
  /** '' for a number. */
  unit: string
  /** Plotted over a logarithmic axis, where all values are above 0. */
  logarithmic?: true
}

const quantity = (id: string, title: string, unit: string, logarithmic?: true): Quantity => ({ id, title, unit, ...logarithmic && { logarithmic } })

/** In the order of the report. Those of bands, colours and magnitudes come once for each of them. */
export const QUANTITIES = [
  quantity('peak_magnitude', 'brightest magnitude', 'mag'),
  quantity('colour', 'colour at the peak', 'mag'),
  quantity('rise', 'first detection to brightest point', 'd'),
  quantity('decline_15', 'decline 15 d after the peak', 'mag'),
  quantity('decline_30', 'decline 30 d after the peak', 'mag'),
  quantity('negative_magnitude', 'deepest negative detection', 'mag'),
  quantity('points', 'points', '', true),
  quantity('detections', 'detections', '', true),
  quantity('negative_share', 'share of negative detections', ''),
  quantity('span', 'first to last point', 'd', true),
  quantity('gap', 'median gap between nights', 'd', true),
  quantity('longest_gap', 'longest gap between nights', 'd', true),
  quantity('snr_lower', 'S/N of the points, lower quartile', ''),
  quantity('snr_median', 'S/N of the points, median', ''),
  quantity('snr_upper', 'S/N of the points, upper quartile', ''),
  quantity('snr_largest', 'largest S/N', '', true),
  quantity('depth', '5σ depth of the faint points', 'mag'),
  quantity('error', 'reported error at a magnitude', 'mag', true),
  quantity('redshift', 'redshift', '')
] as const

export type QuantityId = typeof QUANTITIES[number]['id']

/** One number of one object. */
export interface Measured {
  quantity: string
  /** The band, the two bands of a colour, or band and magnitude; '' where there is none. */
  part: string
  value: number
}

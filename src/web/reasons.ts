/** Reasons in words, as docs/accounting.md has them. */

const DECLINED: Record<string, string> = {
  'no-object-id': 'it belongs to no object',
  'solar-system-object': 'its survey found a known body of the solar system there',
  'quality-flags': 'its survey’s flags say that the flux does not measure the source',
  'low-reliability': 'its source scored below the lowest reliability (real–bogus score) that is taken in',
  'no-usable-point': 'no point has a finite flux and a finite, positive error',
  'no-detection': 'no point of the object so far has S/N > 5',
  'band-not-used': 'its points are in bands that the model does not use; they are kept',
  'outside-window': 'its new points lie more than 30 days before the first detection; they are kept',
  withdrawn: 'its points were withdrawn'
}

const PASSED_OVER: Record<string, string> = {
  'no-detection': 'no detection with S/N > 5',
  'band-not-used': 'the model does not use the band',
  'outside-window': 'more than 30 d before the first detection'
}

/** Why an object or an alert has no classification; a reason that is not known stands as it is. */
export const declineReason = (reason: string): string => DECLINED[reason] ?? reason

/** Why the network passed over a point. */
export const passedOver = (reason: string): string => PASSED_OVER[reason] ?? reason

/** How sure a forecast may be, in training and in use. */

/** No forecast is surer than this: variance of asinh flux, and of asinh(days/10). */
export const LEAST_VARIANCE = 0.015 ** 2
/** Largest logarithm of a variance. */
export const LARGEST_LOG_VARIANCE = 5

/** ln(LEAST_VARIANCE + exp(v)) of what the network says. */
export const logVariance = (said: number): number => Math.log(LEAST_VARIANCE + Math.exp(Math.min(said, LARGEST_LOG_VARIANCE)))

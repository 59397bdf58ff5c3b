/** Temperature scaling (Guo et al. 2017, arXiv:1706.04599, sec. 4.2): one divisor of the logits. */
export interface Calibration {
  temperature: number
}

/** P(Ia) of a logit difference: the softmax of two logits, calibrated. */
export const probabilityIa = (logit: number, calibration: Calibration): number =>
  1 / (1 + Math.exp(-logit / calibration.temperature))

/** From what the network says to probabilities: calibration, then the class shares of the sky that they are asked for. */
import { classCalibrationAt, probabilityIa, type Calibration, type ClassCalibration } from './calibration.ts'
import { sharesAt, type ClassShares, type ModelClass } from './classes.ts'

/** What is known of an object after an epoch. */
export interface Probabilities {
  /** P(Ia): that of the positive classes together. */
  probabilityIa: number
  /** 1σ of it, from the spread of the network's heads; null where the model has no heads to differ. */
  probabilityIaErr: number | null
  /** Of each class, in the order of the model's classes, their sum 1; null of a model without classes. */
  classes: readonly number[] | null
}

/** A model without classes, or with them, as far as probabilities depend on it. */
export type Calibrated =
  | { classes: null, calibration: Calibration }
  | { classes: readonly ModelClass[], calibration: ClassCalibration, trainingShares: ClassShares }

/** Where in its light curve an object is. */
export interface Progress {
  /** Steps behind the outputs, at least 1. */
  epochs: number
  /** Significant detections among them. */
  detections: number
}

/**
 * Temperature and offsets of the classes, then Bayes's theorem: p'(class) ∝ p(class)·share'(class)/share(class), where share
 * is that of the training and share' that of the sky at the same number of detections (Saerens et al. 2002, eq. 2.4).
 * @param outputs [outputLength] of one step, see SequenceResult
 * @param shares null for those of the training
 */
export function probabilitiesOf (model: Calibrated, outputs: ArrayLike<number>, { epochs, detections }: Progress, shares: ClassShares | null): Probabilities {
  if (model.classes === null) return { probabilityIa: probabilityIa(outputs[0]!, epochs, model.calibration), probabilityIaErr: null, classes: null }
  const { slope, offsets, spread } = classCalibrationAt(model.calibration, epochs)
  const logits = model.classes.map((_, k) => slope * outputs[k]! + offsets[k]!)
  if (shares !== null) {
    const [there, trained] = [sharesAt(shares, detections), sharesAt(model.trainingShares, detections)]
    for (let k = 0; k < logits.length; k++) logits[k]! += Math.log(there[k]!) - Math.log(trained[k]!)
  }
  const classes = softmax(logits)
  const ia = model.classes.reduce((sum, { positive }, k) => positive ? sum + classes[k]! : sum, 0)
  const probability = Math.min(1, ia)
  return { probabilityIa: probability, probabilityIaErr: spread * slope * outputs[model.classes.length]! * probability * (1 - probability), classes }
}

export function softmax (logits: readonly number[]): number[] {
  const largest = Math.max(...logits)
  const weights = logits.map(logit => Math.exp(logit - largest))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map(weight => weight / sum)
}

/**
 * Batches are padded to a multiple of this many rows. Matrix libraries work on panels of 4 or 8 rows and add up the
 * rest in another order, so that the last bit of a result would depend on the batch around it.
 */
const PANEL = 8

export const panels = (rows: number): number => Math.ceil(rows / PANEL) * PANEL

/** [steps, given, …] with zeros behind the rows of each step, so that they are whole panels; the same array where they are. */
export function padRows (values: Float32Array, steps: number, given: number): Float32Array {
  const rows = panels(given)
  if (rows === given) return values
  const columns = values.length / (steps * given)
  const padded = new Float32Array(steps * rows * columns)
  for (let step = 0; step < steps; step++) padded.set(values.subarray(step * given * columns, (step + 1) * given * columns), step * rows * columns)
  return padded
}

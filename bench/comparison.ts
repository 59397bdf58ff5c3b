/** Measures things against each other in one run, in alternation: this says more than times on a noisy machine. */

export interface Contestant {
  name: string
  /** Does the work once; what it takes is measured. */
  run: () => Promise<void>
}

export interface Measured {
  name: string
  /** [ms] */
  times: number[]
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
export const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!

/** Runs the contestants in turn, `rounds` times after some rounds of warming up. */
export async function inAlternation (contestants: readonly Contestant[], rounds: number, warmUp = Math.ceil(rounds / 10)): Promise<Measured[]> {
  const measured = contestants.map(({ name }): Measured => ({ name, times: [] }))
  for (let round = -warmUp; round < rounds; round++) {
    for (const [k, { run }] of contestants.entries()) {
      const began = performance.now()
      await run()
      if (round >= 0) measured[k]!.times.push(performance.now() - began)
    }
  }
  return measured
}

/** One line for each contestant, then the ratio of the medians of the first to the second. */
export function report (question: string, [of, to]: readonly [Measured, Measured], aim: string): void {
  console.log(question)
  for (const { name, times } of [of, to]) {
    const ordered = sorted(times)
    console.log(`  ${name}: median ${median(times).toFixed(3)} ms (min ${ordered[0]!.toFixed(3)}, max ${ordered.at(-1)!.toFixed(3)}, ${times.length} rounds)`)
  }
  console.log(`  ratio ${(median(of.times) / median(to.times)).toFixed(3)}, aim ${aim}`)
}

/**
 * Measures things against each other in one run, in alternation: on a noisy machine this says more than times. What comes
 * out is a ratio for each round; `npm run bench` makes one table of the answers of all files.
 */

export interface Contestant {
  name: string
  /** Does the work once; what it takes is measured. */
  run: () => Promise<void>
}

export interface Measured {
  name: string
  /** Of each round [ms]. */
  times: number[]
}

export type Bound = { atMost: number } | { atLeast: number }

/** One row of the table. */
export interface Answer {
  question: string
  /** What was measured, and against what; with a median and its unit where that says more than the ratio. */
  measured: string
  reference: string
  /** Measured to reference, one for each round. */
  ratios: number[]
  /** Of the median; absent where the ratio is only for information. */
  aim?: Bound
  /** Wider than the aim: the median of ratios is never beyond it unless something is broken, also on a noisy machine. */
  guard?: Bound
}

/** `npm run bench -- --guard` is to be over soon. */
export const BRIEF = process.env['CANDELA_BENCH_BRIEF'] === '1'

export const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
export const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!

export const inBound = (value: number, bound: Bound): boolean => 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast
export const boundText = (bound: Bound | undefined): string => bound === undefined ? '' : 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`

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

/** Prints an answer, and hands it to `npm run bench`. */
export function tell (answer: Answer): void {
  const { question, measured, reference, ratios, aim, guard } = answer
  const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)]
  console.log(question)
  console.log(`  ${measured}; ${reference}`)
  console.log(`  ratio ${middle.toFixed(3)} (min ${least.toFixed(3)}, max ${most.toFixed(3)}, ${ratios.length} rounds)${aim ? `, aim ${boundText(aim)}` : ''}${guard ? `, guard ${boundText(guard)}` : ''}`)
  process.send?.(answer)
}

const text = ({ name, times }: Measured): string => `${name}: ${median(times).toPrecision(3)} ms`

/** An answer from times: the first to the second, round by round. */
export function compare (question: string, [of, to]: readonly [Measured, Measured], bounds: Pick<Answer, 'aim' | 'guard'>): void {
  tell({ question, measured: text(of), reference: text(to), ratios: of.times.map((time, round) => time / to.times[round]!), ...bounds })
}

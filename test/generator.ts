/** Park & Miller 1988: x → 16807·x mod 2³¹−1; uniform in (0, 1). */
export function generator (seed: number): () => number {
  let state = seed
  return () => {
    state = state * 16807 % 2147483647
    return state / 2147483647
  }
}

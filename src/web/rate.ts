/** How fast a count rises. */

export class Rate {
  #before: { at: number, count: number } | undefined

  /** @param at time of the count [ms], always by the same clock @returns rise since the call before [1/s]; null at the first call, and where the count fell, as that of another store does */
  add (count: number, at = performance.now()): number | null {
    const now = { at, count }
    const before = this.#before
    this.#before = now
    return before && count >= before.count && now.at > before.at ? 1000 * (count - before.count) / (now.at - before.at) : null
  }

  forget (): void {
    this.#before = undefined
  }
}

/** How fast a count rises. */

export class Rate {
  #before: { at: number, count: number } | undefined

  /** @param at when it was counted [ms, of any clock that is always the same] @returns rise since the call before [1/s], or null where there is none or the count fell, as another store's does */
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

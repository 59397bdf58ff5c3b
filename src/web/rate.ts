/** How fast a count rises. */

export class Rate {
  #before: { at: number, count: number } | undefined

  /** @returns rise since the call before [1/s], or null where there is none or the count fell, as another store's does */
  add (count: number): number | null {
    const now = { at: performance.now(), count }
    const before = this.#before
    this.#before = now
    return before && count >= before.count && now.at > before.at ? 1000 * (count - before.count) / (now.at - before.at) : null
  }

  forget (): void {
    this.#before = undefined
  }
}

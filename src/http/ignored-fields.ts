/** Names of fields that a sender gave and nothing reads. They do no harm, but the answer must name them. */

/** Names in an answer; a longer list means that the sender uses another format. */
const MOST_NAMES = 50
/** Of a name [characters]. */
const MOST_SHOWN = 100

export class IgnoredFields {
  readonly #names = new Set<string>()
  #more = 0

  /**
   * @param known names of fields, as of a zod schema's `shape`
   * @param place before the name: '' or such as 'host.'
   */
  look (value: object, known: object, place = ''): void {
    for (const field of Object.keys(value)) {
      if (Object.hasOwn(known, field)) continue
      const name = `${place}${field.slice(0, MOST_SHOWN)}`
      if (this.#names.has(name)) continue
      if (this.#names.size < MOST_NAMES) this.#names.add(name)
      else this.#more++
    }
  }

  /** Each once, in the order in which they came; where there are more, the last entry says how many. */
  get names (): string[] {
    return this.#more === 0 ? [...this.#names] : [...this.#names, `… and ${this.#more} more`]
  }
}

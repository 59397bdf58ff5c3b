/** How many files were not read or passed over, for the last line of a command. */
import { endingOf } from './names.ts'

export class FileTally {
  readonly #noun: string
  readonly #notRead = new Map<string, number>()
  readonly #passedOver = new Map<string, number>()

  /** @param noun what is counted where it is not read; files are passed over in any case */
  constructor (noun = 'file') {
    this.#noun = noun
  }

  /** @param code why not */
  notRead (code: string): void {
    this.#notRead.set(code, (this.#notRead.get(code) ?? 0) + 1)
  }

  /** A file that plainly is no data. */
  passedOver (path: string): void {
    const ending = endingOf(path)
    this.#passedOver.set(ending, (this.#passedOver.get(ending) ?? 0) + 1)
  }

  /** Whether something that may be data was not read. */
  get hasNotRead (): boolean {
    return this.#notRead.size > 0
  }

  /** '2 files not read (unknown-form 1, file-unreadable 1)', '3 passed over as no data (.md 2, .txt 1)'; empty where there is nothing to say. */
  get parts (): string[] {
    return [
      ...this.#notRead.size > 0 ? [`${counted(this.#notRead, this.#noun)} not read (${listed(this.#notRead)})`] : [],
      ...this.#passedOver.size > 0 ? [`${counted(this.#passedOver, 'file')} passed over as no data (${listed(this.#passedOver)})`] : []
    ]
  }
}

function counted (counts: ReadonlyMap<string, number>, noun: string): string {
  const sum = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return `${sum} ${noun}${sum === 1 ? '' : 's'}`
}

const MOST_LISTED = 10

function listed (counts: ReadonlyMap<string, number>): string {
  const largest = [...counts].sort(([, a], [, b]) => b - a)
  const rest = largest.slice(MOST_LISTED).reduce((sum, [, count]) => sum + count, 0)
  return [...largest.slice(0, MOST_LISTED).map(([name, count]) => `${name} ${count}`), ...rest > 0 ? [`others ${rest}`] : []].join(', ')
}

/** Progress on stderr: what is done, how fast, and the time left. */

/** [ms] */
const EVERY = 3000

const duration = (seconds: number): string => {
  const whole = Math.ceil(seconds)
  return whole < 100 ? `${whole} s` : whole < 5400 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`
}

export class Progress {
  readonly #what: string
  readonly #began = performance.now()
  readonly #timer: NodeJS.Timeout
  #all: number
  #done = 0
  /** When the first came: reading the templates is no measure of the rate. */
  #first: { time: number, done: number } | null = null

  /** @param what is counted, as 'light curves' */
  constructor (what: string, all: number) {
    this.#what = what
    this.#all = all
    this.#timer = setInterval(() => process.stderr.write(`${this.line()}\n`), EVERY)
    this.#timer.unref()
  }

  done (done: number, all = this.#all): void {
    this.#done = done
    this.#all = all
    this.#first ??= { time: performance.now(), done }
  }

  line (): string {
    if (this.#first === null) return `reading the templates, ${Math.round((performance.now() - this.#began) / 1000)} s`
    const seconds = (performance.now() - this.#first.time) / 1000
    const rate = (this.#done - this.#first.done) / seconds
    const left = rate > 0 ? `, ${rate.toFixed(rate < 10 ? 1 : 0)}/s, ${duration((this.#all - this.#done) / rate)} left` : ''
    return `${this.#done} of ${this.#all} ${this.#what}${left}`
  }

  /** @returns seconds since the beginning */
  end (): number {
    clearInterval(this.#timer)
    return (performance.now() - this.#began) / 1000
  }
}

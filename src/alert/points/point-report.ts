/** What a user should hear of the points of alert files or a stream: that they were left out, or look wrong by a unit. */
import type { Band, OmittedSource, PhotometricPoint, ReadAs } from '../alert.ts'
import { PointTally } from './left-out.ts'
import { ErrorWatch } from './plausible-errors.ts'

/** What was read of one alert or light curve. */
export interface ReadPoints {
  points: readonly PhotometricPoint[]
  omitted: readonly OmittedSource[]
  readAs?: ReadAs | undefined
  /** Flux of what lies below the source in the template [nJy], in the band of the alert's own source, or by band. */
  context?: { templateFlux?: number | Partial<Record<Band, number>> } | undefined
}

/** Sources of which each gets a warning of its own. */
const MOST_WARNED = 10
/** Of a stream that does not end: points after which the first look is worth while. */
const ENOUGH = 200

const ABOUT_BANDS = 'a filter that is one of u g r i z y is named by --band-names or CANDELA_BAND_NAMES, see docs/alerts.md'

export class PointReport {
  readonly #warn: (message: string) => void
  readonly #all = new PointTally()
  readonly #doubted = new Set<string>()
  #source: string | undefined
  #tally = new PointTally()
  #watches = new Map<string, ErrorWatch>()
  #warned = 0
  #toldOfSource = false

  constructor (warn: (message: string) => void) {
    this.#warn = warn
  }

  /** @param source file or topic; the one before has ended where it is another */
  add (source: string, { points, omitted, readAs, context }: ReadPoints): void {
    if (source !== this.#source) {
      this.endOfSource()
      this.#source = source
    }
    this.#tally.add(points.length, omitted)
    this.#all.add(points.length, omitted)
    if (readAs === undefined || this.#doubted.has(readAs.dialect)) return
    let watch = this.#watches.get(readAs.dialect)
    if (watch === undefined) this.#watches.set(readAs.dialect, watch = new ErrorWatch(readAs))
    const below = context?.templateFlux ?? 0
    watch.add(points, typeof below === 'number' ? below : Math.max(0, ...Object.values(below)))
  }

  /** Says what is to be said of the source that was read last. */
  endOfSource (): void {
    this.#look()
    this.#source = undefined
    this.#tally = new PointTally()
    this.#watches = new Map()
    this.#toldOfSource = false
  }

  /** The same of one that goes on. */
  soFar (): void {
    if (this.#tally.points >= ENOUGH) this.#look()
  }

  #look (): void {
    if (!this.#toldOfSource && this.#tally.isMost) {
      this.#toldOfSource = true
      this.#warned++
      if (this.#warned <= MOST_WARNED) this.#warn(`${this.#source}: ${this.#tally.describe()}${this.#tally.bands.length > 0 ? `; ${ABOUT_BANDS}` : ''}`)
    }
    for (const [dialect, watch] of this.#watches) {
      const doubt = this.#doubted.has(dialect) ? null : watch.doubt()
      if (doubt === null) continue
      this.#doubted.add(dialect)
      this.#warn(`${this.#source}: ${doubt}`)
    }
  }

  /** Ends the last source. @returns '40 of 80 points were left out (…)' of all sources, or '' where none were */
  end (): string {
    this.endOfSource()
    if (this.#warned > MOST_WARNED) this.#warn(`most points of ${this.#warned - MOST_WARNED} more were left out`)
    return this.#all.describe()
  }
}

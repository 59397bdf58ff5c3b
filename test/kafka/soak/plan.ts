/** When what happens in a night: alerts at a rate, bursts, a kill, a broker that is restarted. */

/** [min] */
export type Moment = number | 'never'

export interface PlanOptions {
  minutes: number
  /** Alerts per second, bursts left out. */
  rate: number
  /** Alerts of a burst. */
  burst: number
  /** Minutes from one burst to the next, the first one after as many. */
  burstEvery: number
  /** [min]; where not given, see `plan`. */
  killAt?: Moment | undefined
  restartAt?: Moment | undefined
}

export interface Plan {
  /** When each alert is due, in order [ms since the beginning]. */
  due: Float64Array
  /** [ms since the beginning] */
  bursts: number[]
  /** [ms since the beginning]; null for never. */
  kill: number | null
  restart: number | null
  /** [ms] */
  length: number
}

const MINUTE = 60_000
/** Alerts that a survey's broker sends together: those of a tenth of a second, at the rate of LSST. */
export const TOGETHER = 33
/** Parts of the time after which something happens. */
const KILL = 0.3
const RESTART = 0.6

/** Fewer bursts leave no room between them for everything. */
const FEW = 4

/** The kill and the restart come after 30 % and 60 % of the time; where there are bursts enough, in the middle between two of them, the next ones. */
export function plan ({ minutes, rate, burst, burstEvery, killAt, restartAt }: PlanOptions): Plan {
  const length = minutes * MINUTE
  const every = burstEvery * MINUTE
  const bursts: number[] = []
  if (burst > 0) for (let time = every; time < length; time += every) bursts.push(time)
  const steady = Array.from({ length: Math.round(length / 1000 * rate) }, (_, k) => Math.floor(k / TOGETHER) * TOGETHER / rate * 1000)
  const due = Float64Array.from([...steady, ...bursts.flatMap(time => Array.from({ length: burst }, () => time))]).sort()
  const between = (part: number): number => bursts.length < FEW ? part * length : (Math.ceil(part * length / every - 0.5) + 0.5) * every
  const moment = (given: Moment | undefined, part: number): number | null => given === 'never' ? null : given === undefined ? between(part) : given * MINUTE
  return { due, bursts, kill: moment(killAt, KILL), restart: moment(restartAt, RESTART), length }
}

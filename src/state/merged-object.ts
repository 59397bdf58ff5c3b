/** An object that is in the store and in an archive: both sides as one. */
import { mergePoints } from '../light-curve/merge.ts'
import { firstDetection } from '../light-curve/window.ts'
import type { GivenHost, Publication } from './record.ts'
import { newerFacts } from './update.ts'
import type { WholeObject } from './whole-object.ts'

/** Belongs to no model: the next update of such a record, or a revision, replays its light curve. */
export const NO_MODEL = ''

/**
 * The union of what the store keeps of an object and of what an archive has: light curves by the rules of mergePoints,
 * histories in order of their times with nothing taken away, position and host facts of the newest alert, the newest
 * redshift that was given, the greater revision, the place in the list of changes of what was published last. Its hidden
 * states belong to no model until they are replayed.
 * @returns null where the archive has nothing that the store does not
 */
export function mergedObject (kept: WholeObject, archived: WholeObject): WholeObject | null {
  const merged = mergePoints(kept.points, archived.points)
  const publications = mergedHistory(kept.publications, archived.publications)
  const { record } = kept
  const facts = newerFacts(record, { ...archived.record, midpointMjdTai: archived.record.factsMjdTai }) ? archived.record : record
  const givenHost = newerGiven(record.givenHost, archived.record.givenHost)
  const brought = merged.changed.length > 0 || publications.length > kept.publications.length || facts !== record || givenHost !== record.givenHost
  if (!brought) return null
  const tip = record.tip ?? archived.record.tip
  const newest = publications.at(-1) === kept.publications.at(-1) ? record : archived.record
  return {
    record: {
      ...record,
      ra: facts.ra,
      dec: facts.dec,
      host: facts.host,
      factsMjdTai: facts.factsMjdTai,
      givenHost,
      model: NO_MODEL,
      firstDetectionMjdTai: firstDetection(merged.points.filter(({ withdrawn }) => !withdrawn)),
      tip,
      sequence: newest.sequence,
      declined: tip ? null : record.declined,
      revision: Math.max(record.revision, archived.record.revision)
    },
    points: merged.points,
    publications,
    settled: []
  }
}

const newerGiven = (kept: GivenHost | null, archived: GivenHost | null): GivenHost | null =>
  archived && archived.givenAt > (kept?.givenAt ?? -Infinity) ? archived : kept

const keyOf = ({ publishedAt, probabilityIa, epochs, midpointMjdTai, revision, model }: Publication): string =>
  [publishedAt, probabilityIa, epochs, midpointMjdTai, revision, model].join(' ')

/** In order of publishedAt, at one time what was archived first; an entry of both stands once. */
function mergedHistory (kept: readonly Publication[], archived: readonly Publication[]): readonly Publication[] {
  const known = new Map<string, number>()
  for (const key of kept.map(keyOf)) known.set(key, (known.get(key) ?? 0) + 1)
  const missing = archived.filter(publication => {
    const key = keyOf(publication)
    const count = known.get(key) ?? 0
    known.set(key, count - 1)
    return count <= 0
  })
  return missing.length === 0 ? kept : [...missing, ...kept].sort((a, b) => a.publishedAt - b.publishedAt)
}

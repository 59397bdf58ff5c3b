/** Merges an object that is both in the store and in an archive. */
import { mergePoints } from '../../light-curve/merge.ts'
import { firstDetection } from '../../light-curve/window.ts'
import { newestFacts } from './facts.ts'
import type { GivenHost, Publication } from './record.ts'
import type { WholeObject } from './whole-object.ts'

/** Belongs to no model: the next update of such a record, or a revision, replays its light curve. */
export const NO_MODEL = ''

/**
 * The union of what the store keeps of an object and of what an archive has: light curves by the rules of mergePoints,
 * histories in order of their times with nothing taken away, position, host facts and context of the newest alert, the first
 * context of the earliest one, the newest redshift that was given, the greater revision, the place in the list of changes of the newest publication. Each life
 * counted its own revisions and publications never change, so revisions of the merged history can fall; the next one is
 * above them all. Its hidden states belong to no model until they are replayed.
 * @returns null where the archive has nothing that the store does not
 */
export function mergedObject (kept: WholeObject, archived: WholeObject): WholeObject | null {
  const merged = mergePoints(kept.points, archived.points)
  const publications = mergedHistory(kept.publications, archived.publications)
  const { record } = kept
  const facts = newestFacts(record, archived.record)
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
      positionMjdTai: facts.positionMjdTai,
      host: facts.host,
      context: facts.context,
      factsMjdTai: facts.factsMjdTai,
      firstContext: facts.firstContext,
      firstMjdTai: facts.firstMjdTai,
      givenHost,
      model: NO_MODEL,
      firstDetectionMjdTai: firstDetection(merged.points.filter(({ withdrawn }) => !withdrawn)),
      tip,
      sequence: newest.sequence,
      late: newest.late,
      merged: record.merged || archived.record.merged || fallsInRevision(publications),
      declined: tip ? null : record.declined,
      revision: Math.max(record.revision, archived.record.revision)
    },
    points: merged.points,
    publications,
    checkpoints: []
  }
}

const fallsInRevision = (publications: readonly Publication[]): boolean =>
  publications.some(({ revision }, place) => place > 0 && revision < publications[place - 1]!.revision)

const newerGiven = (kept: GivenHost | null, archived: GivenHost | null): GivenHost | null =>
  archived && archived.givenAt > (kept?.givenAt ?? -Infinity) ? archived : kept

const keyOf = ({ publishedAt, probabilityIa, probabilityIaErr, classes, phase, epochs, midpointMjdTai, revision, model }: Publication): string =>
  [publishedAt, probabilityIa, probabilityIaErr, epochs, midpointMjdTai, revision, model, classes?.shares, classes?.names, classes?.parts, phase?.phase, phase?.phaseLow, phase?.phaseHigh].join(' ')

/**
 * In order of publishedAt, without repeats. Entries of one time keep the order of their side; where the sides share none
 * of them, the archived entries come first.
 */
function mergedHistory (kept: readonly Publication[], archived: readonly Publication[]): readonly Publication[] {
  const merged: Publication[] = []
  const [ours, theirs] = [kept.map(keyOf), archived.map(keyOf)]
  let k = 0
  let a = 0
  while (k < kept.length || a < archived.length) {
    const [mine, other] = [kept[k], archived[a]]
    if (mine && other && ours[k] === theirs[a]) {
      merged.push(mine)
      k++
      a++
    } else if (other && (!mine || other.publishedAt < mine.publishedAt || (other.publishedAt === mine.publishedAt && !ours.includes(theirs[a]!, k)))) {
      merged.push(other)
      a++
    } else {
      merged.push(mine!)
      k++
    }
  }
  return merged
}

/**
 * Regular expressions for names of topics: an operator's, matched against names of a foreign cluster. RE2's engine takes
 * time in proportion to the name, whatever the expression; Node's own can take years for `^(a+)+$`.
 */
import { createRequire } from 'node:module'
import type * as re2 from 're2js'
import { messageOf } from '../../../errors.ts'

export type TopicPattern = (topic: string) => boolean

/** Of an expression [characters]: as long as the longest name of a topic. */
const LONGEST = 249
/** Steps of the compiled expression: each may be taken once a character of a name. */
const MOST_STEPS = 2000

/**
 * @param pattern begins with ^; need not match to the end of a name
 * @returns whether a name of a topic matches; in words, why the pattern is refused
 */
export function topicPattern (pattern: string): TopicPattern | string {
  if (pattern.length > LONGEST) return `${pattern.length} characters are more than ${LONGEST}`
  // Loaded where there is a pattern.
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof re2
  try {
    const compiled = RE2JS.compile(pattern)
    if (compiled.programSize() > MOST_STEPS) return `it repeats too much: ${compiled.programSize()} steps are more than ${MOST_STEPS}`
    return topic => compiled.test(topic)
  } catch (cause) {
    return messageOf(cause).replace(/^error parsing regexp: /, '')
  }
}

// npm audit --omit=dev --json | node .ci/audit.mjs: fails for a known fault of what is shipped that .ci/audit-exceptions.json
// does not list, and for an exception that has run out. Where the registry answers no such question, it says so.
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'

const EXCEPTIONS = process.argv[2] ?? new URL('audit-exceptions.json', import.meta.url)

/** Each with the advisory's id (GHSA-…), why it is borne and until when (YYYY-MM-DD). */
const exceptions = JSON.parse(readFileSync(EXCEPTIONS, 'utf8'))
const today = new Date().toISOString().slice(0, 10)

/** Advisories by id: `via` names packages where it is another's fault. */
function advisoriesOf (vulnerabilities) {
  const found = new Map()
  for (const { via } of Object.values(vulnerabilities)) {
    for (const advisory of via) if (typeof advisory === 'object') found.set(advisory.url.split('/').at(-1), advisory)
  }
  return found
}

function reportOf (input) {
  try {
    return JSON.parse(input)
  } catch {
    return { message: input.trim().slice(0, 500) || 'no answer' }
  }
}

const report = reportOf(await text(process.stdin))
if (report.vulnerabilities === undefined) {
  console.log(`NOT AUDITED: the registry does not say what is vulnerable (${report.message ?? report.error?.summary ?? 'no answer'})`)
} else {
  const found = advisoriesOf(report.vulnerabilities)
  const problems = [
    ...[...found].filter(([id]) => !exceptions.some(exception => exception.id === id)).map(([id, { name, severity, title, range }]) => `${id} (${severity}): ${name} ${range}: ${title}`),
    ...exceptions.filter(({ until }) => until < today).map(({ id, until }) => `${id}: its exception has run out on ${until}`),
    ...exceptions.filter(({ id }) => !found.has(id)).map(({ id }) => `${id}: is found no more, take its exception away`)
  ]
  for (const problem of problems) console.error(problem)
  console.log(`audited: ${found.size} advisories, ${exceptions.length} exceptions`)
  if (problems.length > 0) process.exitCode = 1
}

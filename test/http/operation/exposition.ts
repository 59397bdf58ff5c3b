/** Prometheus' text format, read strictly: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import assert from 'node:assert/strict'

export interface Family {
  type: string
  help: string
  /** Names of labels, without a histogram's le. */
  labels: Set<string>
  /** By name and labels as they are written. */
  samples: Map<string, number>
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/
const SUFFIXES = ['', '_bucket', '_sum', '_count']

/** Metrics by name; each has its help and type once, before its samples, and no sample stands twice. */
export function familiesOf (text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'))
  const families = new Map<string, Family>()
  let newest = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, word, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') {
      assert.ok(!families.has(name!), `${name} once`)
      assert.match(rest!, /\.$/)
      families.set(name!, { type: '', help: rest!, labels: new Set(), samples: new Map() })
      newest = name!
    } else if (word === 'TYPE') {
      assert.equal(name, newest)
      assert.match(rest!, /^(counter|gauge|histogram)$/)
      families.get(name!)!.type = rest!
    } else {
      addSample(line, newest, families.get(newest)!)
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family)
  return families
}

function addSample (line: string, family: string, { type, labels, samples }: Family): void {
  const [, name, pairs = '', value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`)
  assert.ok((type === 'histogram' ? SUFFIXES.slice(1) : ['']).some(suffix => name === family + suffix), `${name} belongs to ${family}`)
  const sample = line.slice(0, line.lastIndexOf(' '))
  assert.ok(!samples.has(sample), `${sample} once`)
  assert.ok(Number.isFinite(Number(value)), line)
  samples.set(sample, Number(value))
  for (const [, label] of pairs.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) if (label !== 'le') labels.add(label!)
}

/** Buckets rise with their bounds up to the count. */
function checkHistogram (name: string, { samples }: Family): void {
  const newest = new Map<string, { le: number, count: number }>()
  for (const [sample, count] of samples) {
    const [, bound, others] = new RegExp(`^${name}_bucket\\{le="([^"]+)",?(.*)\\}$`).exec(sample) ?? []
    if (bound === undefined) continue
    const le = bound === '+Inf' ? Infinity : Number(bound)
    const below = newest.get(others!) ?? { le: -Infinity, count: 0 }
    assert.ok(le > below.le && count >= below.count, sample)
    newest.set(others!, { le, count })
  }
  for (const [others, { le, count }] of newest) {
    assert.equal(le, Infinity)
    assert.equal(samples.get(`${name}_count${others === '' ? '' : `{${others}}`}`), count)
  }
}

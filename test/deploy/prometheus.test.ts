/** The alert rules and the dashboard of deploy/ against what Candela's processes export. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parser } from '@prometheus-io/lezer-promql'
import pRetry from 'p-retry'
import { parse } from 'yaml'
import { ensureTopic } from '../../src/stream/kafka/client/topics.ts'
import { createMeasures } from '../../src/stream/measures.ts'
import { createSky } from '../../src/simulator/live/sky.ts'
import { serve } from '../e2e/candela-process.ts'
import { clientOf, sendAll, startBroker } from '../e2e/kafka/broker.ts'
import { familiesOf, type Family } from '../http/operation/exposition.ts'
import { measured } from '../http/operation/measured.ts'
import { needs, promtoolAnswers } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Rule { alert: string, expr: string, annotations: { runbook: string } }
const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: Array<{ rules: Rule[] }> }
const rules = groups.flatMap(({ rules }) => rules)
const { panels } = JSON.parse(read('deploy/grafana/dashboards/candela.json')) as { panels: Array<{ title: string, targets: Array<{ expr: string }> }> }
const RULE_TESTS = ['deploy/prometheus/alerts.test.yml', 'deploy/prometheus/alerts.week.test.yml']
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: `rule ${alert}`, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: `panel ${title}`, expr })))
]

/** Names of the metrics that an expression selects. */
function selected (expr: string): string[] {
  const names: string[] = []
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      assert.ok(!type.isError, `no PromQL at ${from}: ${expr}`)
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to))
    }
  })
  assert.ok(names.length > 0, `no metric in ${expr}`)
  return names
}

/** Names as Prometheus keeps them: those of a histogram with their suffixes. */
const seriesOf = (families: ReadonlyMap<string, Family>): string[] => [...families].flatMap(([name, { type, samples }]) =>
  samples.size === 0 ? [] : type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])

/** What a process without Kafka serves once it has classified enough for a drift. */
const scraped = (async () => {
  const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const { url, stop } = await serve({ after }, ['--data-dir', folder, '--engine', 'wasm', '--sky-night-seconds', '0'])
  const text = await pRetry(async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    assert.match(text, /^candela_probability_ia_drift\{/m)
    return text
  }, { retries: 600, minTimeout: 100, factor: 1 })
  await stop('SIGTERM')
  return text
})()
scraped.catch(() => {})

/** What only a process on Kafka has. */
async function onKafka (): Promise<string> {
  const measures = createMeasures()
  measured(measures)
  return await measures.metrics()
}

test('every metric that a rule or a panel names is exported by a process', async () => {
  const exported = new Set(['up', ...seriesOf(familiesOf(await scraped)), ...seriesOf(familiesOf(await onKafka()))])
  for (const { of, expr } of expressions) {
    for (const name of selected(expr)) assert.ok(exported.has(name), `${of}: nothing exports ${name}`)
  }
  assert.ok(expressions.length > 30, `${expressions.length} expressions`)
})

test('every rule has its entry in the runbook and its tests, and every entry its rule', () => {
  const names = rules.map(({ alert }) => alert).sort()
  assert.equal(new Set(names).size, names.length, 'a name stands twice')
  const entries = [...read('docs/operations.md').matchAll(/^### (Candela\w+)$/gm)].map(([, name]) => name!).sort()
  assert.deepEqual(entries, names)
  for (const { alert, annotations: { runbook } } of rules) assert.equal(runbook, `docs/operations.md#${alert.toLowerCase()}`)
  const tests = RULE_TESTS.flatMap(path => (parse(read(path)) as { tests: Array<{ alert_rule_test: Array<{ alertname: string, exp_alerts: unknown[] }> }> }).tests)
  const fired = new Set(tests.flatMap(({ alert_rule_test: all }) => all.filter(one => one.exp_alerts.length > 0).map(({ alertname }) => alertname)))
  assert.deepEqual([...fired].sort(), names)
})

const promtool = process.env['PROMTOOL'] ?? 'promtool'

/** @returns what it prints; rejects with that where it finds a fault */
async function check (args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)(promtool, args, { cwd: root })
  running.child.stdin!.end(input)
  const { stdout, stderr } = await running.catch((error: { stdout: string, stderr: string }) => { throw new Error(`promtool ${args.join(' ')}: ${error.stdout}${error.stderr}`) })
  return stdout + stderr
}

test('promtool takes the configuration, the rules and their tests', async t => {
  if (!needs(t, 'promtool')) return
  await check(['check', 'config', 'deploy/prometheus/prometheus.yml'])
  await check(['check', 'rules', '--lint=all', '--lint-fatal', 'deploy/prometheus/alerts.yml'])
  await check(['test', 'rules', ...RULE_TESTS])
})

test('promtool finds no fault with what is scraped', async t => {
  if (!needs(t, 'promtool')) return
  await check(['check', 'metrics'], await scraped)
  await check(['check', 'metrics'], await onKafka())
})

test('a process on Kafka exports every metric that a rule or a panel names, and promtool finds no fault with it', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  assert.equal(await ensureTopic(clientOf(broker.address), { topic: 'survey', partitions: 1 }, [broker.address]), 'made')
  const sky = createSky({ seed: 3, activeObjects: 100 })
  await sendAll(broker, 'survey', [0, 1, 2, 3].flatMap(night => sky.night(night)).map(({ bytes, diaObjectId }) => ({ key: diaObjectId, bytes })))
  const { url } = await serve(t, ['--source', 'kafka', '--engine', 'wasm', '--kafka-topics', 'survey', '--kafka-brokers', broker.address, '--kafka-partitions', '1', '--data-dir', temporaryFolder(t)])
  const text = await pRetry(async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    assert.match(text, /^candela_alert_latency_seconds_count\{stage="query"\} [1-9]/m)
    return text
  }, { retries: 600, minTimeout: 100, factor: 1 })
  const families = familiesOf(text)
  for (const { of, expr } of expressions) {
    for (const name of selected(expr)) assert.ok(name === 'up' || families.has(name) || families.has(name.replace(/_(bucket|sum|count)$/, '')), `${of}: nothing exports ${name}`)
  }
  const lag = families.get('candela_kafka_lag')!.samples
  assert.ok([...lag.keys()].some(name => name.includes('candela.photometry')), [...lag.keys()].join())
  assert.ok([...families.get('candela_probability_ia')!.samples].some(([name, count]) => name.endsWith('_count') && count > 0), 'P(Ia) was measured')
  assert.ok([...families.get('candela_store_bytes')!.samples.values()][0]! > 8192, 'the stores of classify and query')
  if (promtoolAnswers()) await check(['check', 'metrics'], text)
})

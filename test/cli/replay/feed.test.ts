import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { usages } from '../usages.ts'

test('a broker that cannot be reached and flags that do not fit each other are said clearly', async t => {
  for (const [args, exit, message] of [
    [['--to', 'kafka', '--topic', 'alerts', '--kafka-brokers', 'localhost:1'], 1, /localhost:1 cannot be reached: .*ECONNREFUSED.*\[kafka-unreachable\]/],
    [['--to', 'kafka', '--topic', 'alerts', '--kafka-brokers', 'nowhere.invalid:9092'], 1, /no host has the name in nowhere\.invalid:9092 \[kafka-unreachable\]/]
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'simulate', '--nights', '1', ...args], { timeout: 60_000, encoding: 'utf8' })
    assert.equal(status, exit, stderr)
    assert.match(stderr, message)
  }
  const wrong = [
    [['--to', 'kafka'], /--to kafka without --topic/],
    [['--topic', 'alerts'], /--topic without --to kafka/],
    [['--to', 'kafka', '--topic', 'alerts', '--kafka-brokers', 'localhost'], /--kafka-brokers is "localhost": not host:port/],
    [['--to', 'kafka', '--topic', 'alerts', '--kafka-sasl-mechanism', 'plain', '--kafka-sasl-username', 'u'], /wants a password/]
  ] as const
  for (const [k, { status, stderr }] of (await usages(t, wrong.map(([args]) => ['simulate', '--nights', '1', ...args]))).entries()) {
    assert.equal(status, 2, stderr)
    assert.match(stderr, wrong[k]![1])
  }
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { requireVersion } from '../../../../../src/stream/kafka/client/amendments/amended-kafkajs.ts'

test('kafkajs is the version that the amendments are made for; another one is refused with what to install', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: { kafkajs: string } }
  requireVersion(dependencies.kafkajs)
  for (const other of ['2.2.3', '2.2.5', '3.0.0']) {
    assert.throws(() => requireVersion(other), { code: 'kafkajs-version', canRetry: false, message: new RegExp(`^kafkajs ${other} is installed`), action: /npm install --save-exact kafkajs@2\.2\.4$/ })
  }
})

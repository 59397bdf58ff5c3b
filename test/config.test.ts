import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSettings } from '../src/config.ts'
import { UsageError } from '../src/errors.ts'
import { temporaryFolder } from './pipeline.ts'

test('flags stand above variables, variables above the config file, the file above defaults', t => {
  const configFile = join(temporaryFolder(t), 'candela.json')
  writeFileSync(configFile, JSON.stringify({ httpPort: 1001, dataDir: '/from-file', model: 'file' }))
  const env = { CANDELA_HTTP_PORT: '1002', CANDELA_DATA_DIR: '/from-variable', CANDELA_LOG_LEVEL: '' }
  const settings = readSettings({ httpPort: '1003' }, { env, configFile })
  assert.equal(settings.httpPort, 1003)
  assert.equal(settings.dataDir, '/from-variable')
  assert.equal(settings.model, 'file')
  assert.equal(settings.httpHost, '127.0.0.1')
  assert.equal(settings.logLevel, 'info')
})

test('a wrong setting names itself, its value and what was expected', () => {
  const wrong: Array<[() => unknown, RegExp]> = [
    [() => readSettings({ httpPort: '99999' }, { env: {} }), /^--http-port is "99999".*65535/],
    [() => readSettings({}, { env: { CANDELA_ENGINE: 'gpu' } }), /^CANDELA_ENGINE is "gpu".*tensorflow/],
    [() => readSettings({}, { env: {}, configFile: '/does/not/exist.json' }), /config file \/does\/not\/exist\.json cannot be read/]
  ]
  for (const [call, message] of wrong) {
    assert.throws(call, (error: unknown) => error instanceof UsageError && message.test(error.message), String(message))
  }
})

test('the address of a schema registry is an http(s) URL; neither it nor its credentials are shown where it is wrong', () => {
  const right = 'https://candela:s%20ecret@registry.example/apis/ccompat/v7'
  assert.equal(readSettings({ schemaRegistry: right }, { env: {} }).schemaRegistry, right)
  assert.equal(readSettings({}, { env: {} }).schemaRegistry, '')
  for (const wrong of ['registry.example:8081', 'ftp://candela:secret@registry.example', 'http://candela:secret@', 'http://candela:%secret@registry.example', 'http://candela:secret@registry.example/?a=b']) {
    assert.throws(() => readSettings({}, { env: { CANDELA_SCHEMA_REGISTRY: wrong } }), (error: unknown) =>
      error instanceof UsageError && /^CANDELA_SCHEMA_REGISTRY is "/.test(error.message) && !/secret/.test(error.message + String(error.value)), wrong)
  }
  assert.throws(() => readSettings({}, { env: { CANDELA_SCHEMA_REGISTRY_AUTH: 'secret' } }), (error: unknown) =>
    error instanceof UsageError && /^CANDELA_SCHEMA_REGISTRY_AUTH is .*colon/.test(error.message) && !/secret/.test(error.message + String(error.value)))
})

test('an unknown setting in a config file is refused', t => {
  const configFile = join(temporaryFolder(t), 'candela.json')
  writeFileSync(configFile, JSON.stringify({ htpPort: 8080 }))
  assert.throws(() => readSettings({}, { env: {}, configFile }), /unknown setting htpPort/)
})

test('pages that may frame a plot: self, none, all, or origins; nothing else gets into the header', () => {
  const read = (value: string): string => readSettings({}, { env: { CANDELA_HTTP_FRAME_ANCESTORS: value } }).httpFrameAncestors
  assert.equal(readSettings({}, { env: {} }).httpFrameAncestors, "'self'")
  assert.equal(read('none'), "'none'")
  assert.equal(read('*'), '*')
  assert.equal(read('self, https://tom.example.org,https://*.lsst.example:8443'), "'self' https://tom.example.org https://*.lsst.example:8443")
  for (const wrong of ['tom.example.org', 'https://tom.example.org/path', "https://tom.example.org; script-src 'unsafe-inline'", 'self,none', 'self,*', 'https://tom.example.org\nx: y']) {
    assert.throws(() => read(wrong), (error: unknown) => error instanceof UsageError && /^CANDELA_HTTP_FRAME_ANCESTORS is .* is no origin/s.test(error.message), wrong)
  }
})

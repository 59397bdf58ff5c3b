/** The health check finds the service wherever flags, variables or a config file have put it, with TLS or without. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { servedFlags } from '../../../src/cli/health.ts'
import { candela, serve } from '../../e2e/candela-process.ts'
import { makeCertificates } from '../../e2e/kafka/certificates.ts'
import { freePort } from '../../e2e/free-port.ts'
import { temporaryFolder } from '../../pipeline.ts'

test('candela health finds a service by flags, variables, config file and the flags of its process, over TLS too', async t => {
  const folder = temporaryFolder(t)
  makeCertificates(folder)
  const port = String(await freePort())
  const [cert, key] = ['certificate.pem', 'key.pem'].map(name => join(folder, name)) as [string, string]
  const server = await serve(t, ['--data-dir', join(folder, 'data'), '--engine', 'wasm', '--auth', 'all', '--http-port', port, '--http-tls-cert', cert, '--http-tls-key', key])
  const config = join(folder, 'candela.json')
  writeFileSync(config, JSON.stringify({ httpPort: Number(port), httpTlsCert: cert, httpTlsKey: key }))

  for (const [args, env] of [
    [['--http-port', port, '--http-tls-cert', cert], {}],
    [[], { CANDELA_HTTP_PORT: port, CANDELA_HTTP_TLS_CERT: cert }],
    [['--config', config], {}],
    [['--as-process', String(server.child.pid)], {}]
  ] as Array<[string[], NodeJS.ProcessEnv]>) {
    const { status, stdout, stderr } = await candela(t, ['health', ...args], env)
    assert.equal(status, 0, `${args.join(' ')}: ${stderr}`)
    assert.match(stdout, /ready/)
  }

  const plain = await candela(t, ['health', '--http-port', port])
  assert.deepEqual([plain.status, /service-unreachable|socket hang up/.test(plain.stderr)], [1, true], plain.stderr)
  assert.equal((await server.stop('SIGTERM')).status, 0)
  const away = await candela(t, ['health', '--http-port', port])
  assert.equal(away.status, 1)
  assert.match(away.stderr, new RegExp(`no service answers at port ${port} on 127\\.0\\.0\\.1: .*ECONNREFUSED.* \\[service-unreachable\\]`))
})

test('the flags of serve are found on the command line of a container, with or without another init; another command answers nobody', () => {
  const flags = ['serve', '--http-port', '9000', '--http-tls-cert=/tls/cert.pem', '--role', 'ingest']
  for (const before of [['node', 'bin/candela.js'], ['tini', '--', 'node', 'bin/candela.js'], ['/sbin/docker-init', '--', 'tini', '--', 'node', '/candela/bin/candela.js'], ['candela']]) {
    const { httpPort, httpTlsCert } = servedFlags([...before, ...flags])!
    assert.deepEqual([httpPort, httpTlsCert], ['9000', '/tls/cert.pem'])
  }
  assert.deepEqual(servedFlags(['node', 'bin/candela.js', 'serve']), {})
  assert.equal(servedFlags(['tini', '--', 'node', 'bin/candela.js', 'simulate', '--nights', '3']), null)
  assert.equal(servedFlags(['/sbin/init']), null)
})

test('the image asks by the flags of its process 1, on the Node that CI tries', () => {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8')
  assert.match(dockerfile, /^FROM node:24-bookworm AS build$/m)
  assert.match(dockerfile, /^HEALTHCHECK .*"health", "--as-process", "1"\]$/m)
  assert.doesNotMatch(dockerfile, /HEALTHCHECK.*8080/)
})

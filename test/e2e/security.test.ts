/** Attempts to break a running service, as somebody who can reach its port would make them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request as overHttps } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import { temporaryFolder } from '../pipeline.ts'
import { candela, serve, start, type Serving } from './candela-process.ts'
import { makeCertificates } from './kafka/certificates.ts'
import { freePort } from './free-port.ts'

const GUARDED = { CANDELA_AUTH: 'writes', CANDELA_ENGINE: 'wasm', CANDELA_SKY_NIGHT_SECONDS: '3600' }

/** Sends bytes as they are, and gives what comes back until the other side closes. */
async function raw (url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return await text(socket)
}

/** What a process holds in memory [MiB]. */
const memoryOf = ({ child }: Serving): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024

test('a service on its port', async t => {
  const dataDir = temporaryFolder(t)
  const service = await serve(t, ['--data-dir', dataDir], GUARDED)
  const { url } = service
  const tokens = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await candela(t, ['tokens', ...args, '--data-dir', dataDir])
    assert.equal(status, 0, stderr)
    return stdout.trim()
  }
  const write = await tokens('create', 'broker', '--scope', 'write')
  const post = async (path: string, token: string | null, body: BodyInit = '{}'): Promise<number> =>
    (await fetch(`${url}/v1${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...token !== null && { authorization: `Bearer ${token}` } } })).status

  await t.test('no token, a token of another scope, a revoked one: nothing is written; a new one counts at once', async () => {
    assert.equal(await post('/alerts', null), 401)
    assert.equal(await post('/rebuild', write), 403)
    assert.equal(await post('/alerts', write), 200)
    const denied = await candela(t, ['rebuild', '--url', url])
    assert.equal(denied.status, 1)
    assert.match(denied.stderr, /needs an API token\. \[token-missing\]\n.*candela tokens create.*CANDELA_TOKEN/)
    const admin = await tokens('create', 'operator', '--scope', 'admin', '--expires', '1')
    const secret = join(dataDir, 'secret')
    writeFileSync(secret, `${admin}\n`)
    assert.equal((await candela(t, ['rebuild', '--url', url], { CANDELA_TOKEN_FILE: secret })).status, 0)
    assert.equal((await candela(t, ['rebuild', '--url', url], { CANDELA_TOKEN: admin })).status, 0)
    const listed = await tokens('list')
    assert.deepEqual(listed.split('\n').map(line => (JSON.parse(line) as { name: string }).name), ['broker', 'operator'])
    assert.ok(!/sha256/.test(listed), listed)
    await tokens('revoke', 'operator')
    assert.equal(await post('/rebuild', admin), 401)
  })

  await t.test('a body of 1 GB is refused before it is read', async () => {
    const before = memoryOf(service)
    const announced = await raw(url, `POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${write}\r\nContent-Length: 1073741824\r\nConnection: close\r\n\r\n`)
    assert.match(announced, /^HTTP\/1.1 413 [^]*body-too-large/)

    // Not announced: pieces without end.
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    const answer = text(socket).catch(() => '')
    socket.write(`POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${write}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`)
    const piece = `100000\r\n${'x'.repeat(2 ** 20)}\r\n`
    let sent = 0
    while (!socket.destroyed && socket.writable && sent < 1024) {
      sent++
      if (!socket.write(piece)) {
        await new Promise<void>(resolve => {
          for (const event of ['drain', 'close'] as const) socket.once(event, resolve)
        })
        socket.removeAllListeners('drain').removeAllListeners('close')
      }
    }
    assert.match(await answer, /^HTTP\/1.1 413 |^$/)
    assert.ok(sent < 1024, `${sent} MiB were taken`)
    assert.ok(memoryOf(service) - before < 400, `memory rose from ${before} to ${memoryOf(service)} MiB`)
    assert.equal((await fetch(`${url}/health/ready`)).status, 200)
  })

  await t.test('clients that send a head letter by letter are sent away, and nobody waits for them', async () => {
    const slow = Array.from({ length: 300 }, () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET /v1/objects HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
      const drip = setInterval(() => socket.write('a'), 500)
      socket.once('close', () => clearInterval(drip))
      // A letter that meets a connection closed already is answered by a reset.
      return text(socket).catch((error: NodeJS.ErrnoException) => error.code === 'ECONNRESET' ? '' : Promise.reject(error))
    })
    assert.equal((await fetch(`${url}/v1/objects`)).status, 200)
    for (const answer of await Promise.all(slow)) assert.match(answer, /^HTTP\/1.1 408 |^$/)
  })

  await t.test('no path leads out of what is served', async () => {
    for (const path of ['/../../../../etc/passwd', '/..%2f..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/package.json', '/docs/static/..%2f..%2f..%2fpackage.json', '/docs/static/../../package.json', '/....//package.json', '/style.css%00.html', '/\\..\\..\\package.json', '/v1/models/..%2f..%2f/1.0', '/v1/models/spcc/..%2f..%2f..%2fpackage.json', '//etc/passwd', '/v1/dead-letters/..%2f1/bytes']) {
      const answer = await raw(url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1.1 40[034] /, path)
      assert.ok(!/root:|"dependencies"/.test(answer), `${path}: ${answer}`)
      assert.ok(!/node_modules|at .*\.js:\d+/.test(answer), `${path} shows the inside: ${answer}`)
    }
  })

  await t.test('nothing of a request becomes a header of the answer or a line of its own', async () => {
    for (const path of ['/v1/objects/1%0d%0aSet-Cookie:%20a=b', '/v1/objects?minProbability=1%0d%0aSet-Cookie:%20a=b', '/v1/objects/%0d%0a%0d%0a<script>', '/nowhere%0d%0aSet-Cookie:%20a=b']) {
      const answer = await raw(url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1.1 40[04] /, path)
      const head = answer.slice(0, answer.indexOf('\r\n\r\n'))
      assert.ok(!/set-cookie/i.test(head), head)
      assert.match(head, /content-type: application\/problem\+json/i)
      assert.match(head, /x-content-type-options: nosniff/i)
    }
    for (const bytes of ['GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rSet-Cookie: b\r\n\r\n', 'GET / HTTP/1.1\nnonsense\n\n', '\x16\x03\x01\x02\x00', 'POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n']) {
      assert.match(await raw(url, bytes), /^HTTP\/1.1 400 /, JSON.stringify(bytes))
    }
    assert.equal((await fetch(`${url}/health/ready`)).status, 200)
  })

  await t.test('a page of another site can neither write nor read here', async () => {
    const foreign = { origin: 'https://elsewhere.example', authorization: `Bearer ${write}`, 'content-type': 'application/json' }
    assert.equal((await fetch(`${url}/v1/alerts`, { method: 'POST', body: '{}', headers: foreign })).status, 403)
    const read = await fetch(`${url}/v1/objects`, { headers: foreign })
    assert.equal(read.headers.get('access-control-allow-origin'), null)
  })
})

test('a flood from one address is held off and leaves the service to others', async t => {
  const { url } = await serve(t, ['--data-dir', temporaryFolder(t)], { ...GUARDED, CANDELA_ADDRESS_RATE: '100', CANDELA_HTTP_PROXIES: '127.0.0.1' })
  const asked = async (address: string): Promise<number> => (await fetch(`${url}/v1/objects`, { headers: { 'x-forwarded-for': address } })).status
  const answers = await Promise.all(Array.from({ length: 300 }, () => asked('192.0.2.1')))
  assert.deepEqual([answers.filter(status => status === 200).length, answers.filter(status => status === 429).length], [100, 200])
  assert.equal(await asked('192.0.2.2'), 200)
  assert.equal((await fetch(`${url}/health/ready`)).status, 200)
})

test('HTTPS: who trusts the authority reads; plain HTTP is not answered; half a configuration is refused', async t => {
  const folder = temporaryFolder(t)
  const { authority } = makeCertificates(folder)
  const tls = { CANDELA_HTTP_TLS_CERT: join(folder, 'certificate.pem'), CANDELA_HTTP_TLS_KEY: join(folder, 'key.pem') }
  const { url } = await serve(t, ['--data-dir', join(folder, 'data')], { ...GUARDED, ...tls })
  assert.match(url, /^https:/)
  const [response] = await once(overHttps(`${url}/health/ready`, { ca: readFileSync(authority) }).end(), 'response') as [import('node:http').IncomingMessage]
  assert.equal(response.statusCode, 200)
  response.resume()
  await assert.rejects(once(overHttps(`${url}/health/ready`).end(), 'response'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  assert.equal(await raw(url, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), '')

  const wrong = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const { status, stderr } = await candela(t, ['serve', '--http-port', '0', '--data-dir', join(folder, 'other')], env)
    assert.equal(status, 2, stderr)
    return stderr
  }
  assert.match(await wrong({ CANDELA_HTTP_TLS_CERT: tls.CANDELA_HTTP_TLS_CERT }), /--http-tls-key is missing/)
  assert.match(await wrong({ ...tls, CANDELA_HTTP_TLS_KEY: join(folder, 'nothing.pem') }), /nothing\.pem cannot be read/)
  assert.match(await wrong({ ...tls, CANDELA_HTTP_TLS_KEY: tls.CANDELA_HTTP_TLS_CERT }), /the HTTP server cannot be set up/)
})

test('no secret reaches the log, whatever goes wrong', async t => {
  const secrets = { CANDELA_KAFKA_SASL_PASSWORD: 'secret-of-kafka', CANDELA_SCHEMA_REGISTRY_AUTH: 'user:secret-of-registry', CANDELA_TOKEN: 'candela_000000000000_secret-of-token' }
  const nobody = `localhost:${await freePort()}`
  const child = start(t, ['serve', '--role', 'ingest', '--http-port', '0', '--kafka-brokers', nobody, '--kafka-topics', 'alerts', '--schema-registry', `http://${nobody}`, '--log-level', 'trace'], {
    ...secrets, CANDELA_KAFKA_SASL_MECHANISM: 'plain', CANDELA_KAFKA_SASL_USERNAME: 'user', CANDELA_DATA_DIR: temporaryFolder(t)
  })
  let written = ''
  const unreachable = new Promise<void>(resolve => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        written += String(chunk)
        if (written.includes('kafka-unreachable')) resolve()
      })
    }
  })
  await Promise.race([unreachable, once(child, 'exit')])
  child.kill('SIGTERM')
  await once(child, 'exit')
  assert.match(written, /kafka-unreachable/)
  const wrong = await candela(t, ['serve'], { CANDELA_SCHEMA_REGISTRY_AUTH: 'secret-of-registry' })
  assert.equal(wrong.status, 2)
  const unreadable = await candela(t, ['serve'], { CANDELA_SCHEMA_REGISTRY_AUTH_FILE: '/nowhere/secret' })
  assert.equal(unreadable.status, 2)
  assert.match(unreadable.stderr, /CANDELA_SCHEMA_REGISTRY_AUTH_FILE: \/nowhere\/secret cannot be read/)
  for (const text of [written, wrong.stderr, wrong.stdout]) assert.ok(!/secret-of/.test(text), text)
})

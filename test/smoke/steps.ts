/** What a user does first, in the order in which they do it. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CODECS } from '../../src/stream/kafka/client/codecs.ts'
import { candela, serve, type Cleanup, type Serving } from '../e2e/candela-process.ts'
import { plainAlert, plainPoint } from '../fixtures/plain-alerts.ts'
import { writeGenerated } from '../training/data/generated-light-curves.ts'

export interface Install {
  t: Cleanup
  /** For whatever is written. */
  folder: string
  /** Whether @tensorflow/tfjs-node belongs to this install. */
  hasTensorflow: boolean
}

/** @returns what to say of it */
type Step = (install: Install) => Promise<string>

/** How long a step waits for an answer [ms]. */
const TIMEOUT = 60_000

async function answer<Body> (server: Serving, path: string, body?: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Promise<Body> {
  const response = await fetch(`${server.url}${path}`, { signal: AbortSignal.timeout(TIMEOUT), ...body !== undefined && { method: 'POST', body, headers: { 'content-type': type } } })
  const text = await response.text()
  assert.equal(response.status, 200, `${path}: ${text}`)
  return JSON.parse(text) as Body
}

/** The first event of the live stream. */
async function firstEvent ({ url }: Serving): Promise<{ diaObjectId: string, probabilityIa: number }> {
  const leaving = AbortSignal.timeout(TIMEOUT)
  const reader = (await fetch(`${url}/v1/stream`, { signal: leaving })).body!.getReader()
  let seen = ''
  for (;;) {
    const found = /event: classification\n(?:.+\n)*?data: (.*)\n/.exec(seen)
    if (found) {
      await reader.cancel()
      return JSON.parse(found[1]!) as { diaObjectId: string, probabilityIa: number }
    }
    const { value, done } = await reader.read()
    assert.ok(!done, `the stream ended: ${seen}`)
    seen += Buffer.from(value).toString()
  }
}

const simulated = ({ folder }: Install): string => join(folder, 'simulated')

/** Ends a service, which has said nothing on stderr: Node writes there what it will take away. */
async function ended (server: Serving): Promise<void> {
  const { status } = await server.stop('SIGTERM')
  assert.equal(status, 0, server.stderr())
  assert.equal(server.stderr(), '')
}

export const STEPS: Readonly<Record<string, Step>> = {
  async simulate (install) {
    const { status, stdout, stderr } = await candela(install.t, ['simulate', '--nights', '4', '--objects', '40', '--out', simulated(install), '--json'])
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /Warning/)
    const { alerts } = JSON.parse(stdout) as { alerts: number }
    assert.ok(alerts > 0, stdout)
    return `${alerts} alerts of 4 nights`
  },

  async serve (install) {
    const { t, folder, hasTensorflow } = install
    const server = await serve(t, ['--data-dir', join(folder, 'data'), '--sky-night-seconds', '1'])
    const { probabilityIa } = await firstEvent(server)
    assert.ok(probabilityIa >= 0 && probabilityIa <= 1, String(probabilityIa))
    const { models: [model] } = await answer<{ models: Array<{ engine: { name: string, version: string } }> }>(server, '/v1/models')
    assert.equal(model!.engine.name, hasTensorflow ? 'tensorflow' : 'wasm', server.log.join('\n'))
    await answer(server, '/health/ready')

    const page = await fetch(server.url)
    assert.match(await page.text(), /<title>.*Candela/)
    assert.equal(page.status, 200)

    const points = Array.from({ length: 9 }, (_, k) => plainPoint({ midpointMjdTai: 60_000 + 2 * k, band: 'gri'[k % 3], psfFlux: 900 + 700 * k }))
    const { objects: [object] } = await answer<{ objects: Array<{ probabilityIa: number | null, points: unknown[] }> }>(server, '/v1/classify', JSON.stringify({ objects: [{ diaObjectId: 'mine', points }] }))
    assert.equal(object!.points.length, points.length)
    assert.ok(object!.probabilityIa !== null)

    const { outcomes: [plain] } = await answer<{ outcomes: Array<{ outcome: string }> }>(server, '/v1/alerts', JSON.stringify(plainAlert({ points })))
    assert.equal(plain!.outcome, 'classified')
    const container = new Uint8Array(await readFile(join(simulated(install), 'night-0001.avro')))
    const { outcomes } = await answer<{ outcomes: Array<{ outcome: string }> }>(server, '/v1/alerts', container, 'application/octet-stream')
    assert.ok(outcomes.length > 0 && outcomes.every(({ outcome }) => outcome !== 'dead-lettered'), JSON.stringify(outcomes))
    await ended(server)
    return `${model!.engine.name} ${model!.engine.version}, live P(Ia), the page, /v1/classify, /v1/alerts`
  },

  async replay (install) {
    const flags = ['replay', simulated(install), '--data-dir', join(install.folder, 'replayed')]
    const { status, stdout, stderr } = await candela(install.t, flags)
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /Warning|wasm;/)
    const outcomes = stdout.trimEnd().split('\n').map(line => (JSON.parse(line) as { outcome: string }).outcome)
    assert.ok(outcomes.includes('classified') && !outcomes.includes('dead-lettered'))
    const check = await candela(install.t, ['check', '--data-dir', join(install.folder, 'replayed')])
    assert.equal(check.status, 0, check.stderr)
    return `${outcomes.length} alerts, and candela check`
  },

  async 'compression of Kafka\'s batches' () {
    const bytes = Buffer.from('P(Ia) '.repeat(1000))
    for (const [name, codec] of Object.entries(CODECS)) assert.deepEqual(await codec.decompress(await codec.compress({ buffer: bytes })), bytes, name)
    return Object.keys(CODECS).join(', ')
  },

  async train ({ t, folder, hasTensorflow }) {
    const data = join(folder, 'light-curves')
    writeGenerated(data, 60)
    const model = join(folder, 'smoke', '1.0')
    const trained = await candela(t, ['train', '--data', data, '--model', 'smoke/1.0', '--out', folder, '--training', '40', '--validation', '10', '--width', '8', '--batch', '8', '--passes', '10'])
    assert.doesNotMatch(trained.stderr, /Warning/)
    if (!hasTensorflow) {
      assert.equal(trained.status, 1)
      assert.match(trained.stderr, /tensorflow-missing/)
      return 'not tried: @tensorflow/tfjs-node is not installed here, and says so'
    }
    assert.equal(trained.status, 0, trained.stderr)
    const accuracies = []
    for (const engine of ['tensorflow', 'wasm']) {
      const { status, stdout, stderr } = await candela(t, ['evaluate', '--data', data, '--model', model, '--part', 'test', '--engine', engine, '--json'])
      assert.equal(status, 0, stderr)
      accuracies.push((JSON.parse(stdout) as { final: { accuracy: number } }).final.accuracy)
    }
    assert.equal(accuracies[0], accuracies[1])
    assert.ok(accuracies[0]! > 70, `${accuracies[0]} % right`)
    const server = await serve(t, ['--data-dir', join(folder, 'served'), '--sky-night-seconds', '1', '--model', model])
    await firstEvent(server)
    await ended(server)
    return `a model of 40 light curves, ${accuracies[0]!.toFixed(1)} % right on 20 others, on both engines, and served`
  }
}

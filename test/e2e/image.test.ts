/** The image as an operator runs it who trusts nothing: read-only, without rights, without docker's init process. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import pRetry from 'p-retry'
import { needs } from '../parts.ts'
import { buildImage, docker, IMAGE } from './built-image.ts'

const VOLUME = `candela-test-${process.pid}`
const LOCKED = ['--read-only', '--user', '1000:1000', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']

interface State { Status: string, ExitCode: number, Health?: { Status: string } }

class Container {
  readonly id: string
  constructor (id: string) { this.id = id }

  static async run (t: TestContext, ...args: string[]): Promise<Container> {
    const id = await docker(['run', '--detach', ...LOCKED, ...args])
    t.after(() => docker(['rm', '--force', '--volumes', id]))
    return new Container(id)
  }

  async state (): Promise<State> {
    return JSON.parse(await docker(['inspect', '--format', '{{json .State}}', this.id])) as State
  }

  async get<Answer> (path: string): Promise<Answer> {
    const port = (await docker(['port', this.id, '8080'])).split(':').at(-1)
    return await (await fetch(`http://127.0.0.1:${port}${path}`)).json() as Answer
  }

  async healthy (): Promise<void> {
    await pRetry(async () => assert.equal((await this.state()).Health?.Status, 'healthy'), { retries: 240, minTimeout: 500, factor: 1 })
  }

  /** @returns the exit code, and how long it took [ms] */
  async endsBy (signal: 'SIGTERM' | 'SIGINT'): Promise<{ code: number, took: number }> {
    const began = performance.now()
    await docker(['kill', '--signal', signal, this.id])
    const code = Number(await docker(['wait', this.id]))
    return { code, took: performance.now() - began }
  }
}

interface Statistics { accounting: Record<'received' | 'classified' | 'declined' | 'duplicate' | 'deadLettered', number> }

const classified = (container: Container): Promise<Statistics> => pRetry(async () => {
  const statistics = await container.get<Statistics>('/v1/statistics')
  assert.ok(statistics.accounting.classified > 0, 'nothing is classified')
  return statistics
}, { retries: 240, minTimeout: 250, factor: 1 })

test('the image classifies as nobody, with nothing to write to but /data, is healthy, and ends by signals', async t => {
  if (!needs(t, 'docker')) return
  await buildImage()
  t.diagnostic(`${IMAGE}: ${(Number(await docker(['image', 'inspect', '--format', '{{.Size}}', IMAGE])) / 1e6).toFixed(0)} MB`)
  const container = await Container.run(t, '--publish', '127.0.0.1:0:8080', '--env', 'CANDELA_SKY_NIGHT_SECONDS=2', '--health-interval', '1s', IMAGE)
  await container.healthy()
  const { accounting } = await classified(container)
  assert.equal(accounting.deadLettered, 0)

  const hasTensorflow = (await docker(['exec', container.id, 'ls', 'node_modules/@tensorflow'])).split('\n').includes('tfjs-node')
  if (process.env['TFJS_NODE_BASE_URI']) assert.ok(hasTensorflow, 'libtensorflow was at hand, and the image has none')
  const { models: [model] } = await container.get<{ models: Array<{ engine: { name: string } }> }>('/v1/models')
  assert.equal(model!.engine.name, hasTensorflow ? 'tensorflow' : 'wasm')
  t.diagnostic(`engine ${model!.engine.name}`)

  const nobody = await docker(['exec', container.id, 'sh', '-c', 'id -u; grep -h -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/1/status | tr -s "\\t " " "'])
  assert.deepEqual(nobody.split('\n'), ['1000', 'CapEff: 0000000000000000', 'NoNewPrivs: 1', 'Seccomp: 2'])
  await assert.rejects(docker(['exec', container.id, 'touch', '/candela/x']), /Read-only file system/)
  const sbom = JSON.parse(await docker(['exec', container.id, 'cat', 'sbom.json'])) as { bomFormat: string, components: Array<{ name: string }> }
  assert.equal(sbom.bomFormat, 'CycloneDX')
  const shipped = (await docker(['exec', container.id, 'ls', 'node_modules'])).split('\n').filter(name => !name.startsWith('@'))
  const listed = new Set(sbom.components.map(({ name }) => name))
  assert.deepEqual(shipped.filter(name => !listed.has(name)), [], 'a package that the SBOM does not name')

  const stopped = await container.endsBy('SIGTERM')
  assert.equal(stopped.code, 0)
  assert.ok(stopped.took < 5000, `stopping took ${stopped.took} ms`)

  await docker(['start', container.id])
  await container.healthy()
  const again = await container.get<Statistics>('/v1/statistics')
  assert.ok(again.accounting.received >= accounting.received, `${again.accounting.received} of ${accounting.received}`)
  assert.equal(again.accounting.duplicate, 0)
  const interrupted = await container.endsBy('SIGINT')
  assert.equal(interrupted.code, 0)
  assert.ok(interrupted.took < 5000, `stopping took ${interrupted.took} ms`)
})

test('a command in the image that is busy and handles no signals ends by them', async t => {
  if (!needs(t, 'docker')) return
  await buildImage()
  // It waits for a writer, and nothing else of it runs meanwhile.
  await docker(['run', '--rm', '--volume', `${VOLUME}:/data`, '--entrypoint', 'mkfifo', IMAGE, '/data/1.DAT'])
  const container = await Container.run(t, '--volume', `${VOLUME}:/data`, IMAGE, 'evaluate', '--data', '/data/1.DAT', '--engine', 'wasm')
  t.after(() => docker(['volume', 'rm', '--force', VOLUME]))
  await pRetry(async () => assert.match(await docker(['top', container.id]), /node bin\/candela\.js evaluate/), { retries: 120, minTimeout: 250, factor: 1 })
  const { code, took } = await container.endsBy('SIGTERM')
  assert.equal(code, 143)
  assert.ok(took < 5000, `stopping took ${took} ms`)
})

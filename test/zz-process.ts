import { readFileSync, openSync, readSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeAlert } from '../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schema-source.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/lmdb-store.ts'
import { createProcessor } from '../src/state/processor.ts'
import { encodePhotometry, decodePhotometry, toReceived } from '../src/stream/kafka/photometry.ts'
const own = '/tmp/candela-soak-packets/sky-11-20000'
const lengths = readFileSync(join(own, 'index.txt'), 'utf8').trimEnd().split('\n').map(l => Number(l.split(' ')[1]))
const N = Number(process.env.N ?? 12000), SIZE = Number(process.env.SIZE ?? 100), SKIP = Number(process.env.SKIP ?? 0)
const fd = openSync(join(own, 'packets.bin'), 'r'); let at = 0
for (let k = 0; k < SKIP; k++) at += lengths[k]!
const next = (k: number): Buffer => { const b = Buffer.allocUnsafe(lengths[k]!); readSync(fd, b, 0, b.length, at); at += b.length; return b }
const schemas = schemaFolders(SHIPPED_SCHEMAS)
const model = loadModel('spcc')
const network = (await loadEngine(process.env.ENGINE as 'auto' ?? 'auto')).load(model.shape, model.weights)
const folder = mkdtempSync(join(tmpdir(), 'zz-'))
const store = openLmdbStore(folder)
const processor = createProcessor({ store, network, model })
const cpu = (): number => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }
const t = { decode: 0, encode: 0, decode2: 0, process: 0 }
let bytes = 0
const lap = async (name: keyof typeof t, work: () => Promise<void> | void): Promise<void> => { const a = cpu(); await work(); t[name] += cpu() - a }
let done = 0
for (let first = 0; first < N; first += SIZE) {
  const some = Array.from({ length: SIZE }, (_, k) => next(SKIP + first + k))
  const alerts: any[] = []
  await lap('decode', async () => { for (const p of some) alerts.push(await decodeAlert(p, { schemas })) })
  let messages: Buffer[] = []
  await lap('encode', () => { messages = alerts.map(alert => encodePhotometry({ origin: 'x', surveyPublishedAt: 1, ingestedAt: 2, alert, error: null, packet: null } as never)) })
  bytes += messages.reduce((s, b) => s + b.length, 0)
  let received: any[] = []
  await lap('decode2', () => { received = messages.map(m => toReceived(decodePhotometry(m)!)) })
  await lap('process', async () => { await processor.process(received) })
  done += some.length
  if (process.env.MEM && done % 6000 < SIZE) { (globalThis as any).gc(); (globalThis as any).gc(); const m = process.memoryUsage(); const st = readFileSync('/proc/self/status','utf8'); const kb = (k: string) => Math.round(Number(new RegExp(k+':\\s+(\\d+)').exec(st)![1])/1024*10)/10; console.log(done, 'objects', store.reader.statistics().objects, 'heapUsed', (m.heapUsed/2**20).toFixed(1), 'ext', (m.external/2**20).toFixed(1), 'ab', (m.arrayBuffers/2**20).toFixed(1), 'anon', kb('RssAnon'), 'file', kb('RssFile')) }
  if (done % 3000 < SIZE) { console.log(done, Object.entries(t).map(([k, v]) => `${k} ${(1000 * v / 3000).toFixed(0)} µs`).join(', ')); for (const k of Object.keys(t)) t[k as 'decode'] = 0 }
}
console.log('photometry bytes', bytes / N)
await store.close(); network.dispose(); rmSync(folder, { recursive: true })

/**
 * Alerts classified a second from memory by one process, packet bytes → outcome in the state store, against the usual way in
 * Python: decode with fastavro, then the whole light curve of each alert in numpy and through an LSTM of PyTorch with the same
 * weights. The alerts are those of consecutive nights of a simulated sky. `CANDELA_PYTHON` names a Python with fastavro, numpy
 * and torch.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeAlert } from '../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schemas/source.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { findModel, loadModel } from '../src/model/model-file.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor, type AlertOutcome } from '../src/state/processor/processor.ts'
import { inAlternation, median, tell, type Measured } from './comparison.ts'
import { framed, number, pythonPeer, pythonWith } from './peers/python.ts'

const MODEL = process.env['CANDELA_MODEL'] ?? 'spcc'
const ACTIVE_OBJECTS = 2000
/** Before what is measured: by then all objects that were found before the first night are known. */
const NIGHTS_BEFORE = 20
const ROUNDS = 7
const WARM_UP = 1
/** As the embedded source's. */
const BATCH = 256
/** What suits PyTorch. */
const PEER_BATCH = 500
const LARGEST_DIFFERENCE = 1e-3
/** Points of a long light curve. */
const LONG = 100

interface Packet {
  bytes: Buffer
  points: number
}

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const model = loadModel(MODEL)
const engine = await loadEngine('auto')
const network = engine.load(model.shape, model.weights, positivePlaces(model.classes))
const sky = createSky({ seed: 7, activeObjects: ACTIVE_OBJECTS })

let night = 0
async function nextNight (): Promise<Packet[]> {
  return await Promise.all(sky.night(night++).map(async ({ bytes }) => {
    const packet = Buffer.from(bytes)
    return { bytes: packet, points: (await decodeAlert(packet, { schemas })).points.length }
  }))
}

/** What is measured, and with which alerts of the nights. */
interface Selection {
  question: string
  fits: (packet: Packet) => boolean
  alertsARound: number
  aim?: { atLeast: number }
}

async function nextRounds ({ fits, alertsARound }: Selection): Promise<Packet[][]> {
  const fitting: Packet[] = []
  while (fitting.length < (ROUNDS + WARM_UP) * alertsARound) fitting.push(...(await nextNight()).filter(fits))
  return Array.from({ length: ROUNDS + WARM_UP }, (_, round) => fitting.slice(round * alertsARound, (round + 1) * alertsARound))
}

/** @returns the greatest difference of P(Ia), and in how many alerts both have one */
function differenceOf (outcomes: readonly AlertOutcome[], probabilities: ReadonlyArray<number | null>): { greatest: number, compared: number } {
  const differences = outcomes.flatMap(({ outcome, probabilityIa }, k) => outcome === 'classified' ? [Math.abs(probabilityIa! - (probabilities[k] ?? NaN))] : [])
  return { greatest: Math.max(...differences), compared: differences.length }
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const store = openLmdbStore(join(folder, 'data'))
const processor = createProcessor({ store, network, model })

async function classify (packets: readonly Packet[]): Promise<AlertOutcome[]> {
  const outcomes: AlertOutcome[] = []
  for (let first = 0; first < packets.length; first += BATCH) {
    const batch = []
    for (const { bytes } of packets.slice(first, first + BATCH)) batch.push({ alert: await decodeAlert(bytes, { schemas }), origin: 'bench' })
    outcomes.push(...await processor.process(batch))
  }
  return outcomes
}

async function measure (python: string, selection: Selection): Promise<void> {
  const { question, alertsARound, aim } = selection
  const rounds = await nextRounds(selection)
  const frames = join(folder, 'rounds')
  writeFileSync(frames, Buffer.concat([number(rounds.length), ...rounds.flatMap(round => [number(round.length), framed(round.map(({ bytes }) => bytes))])]))
  const peer = await pythonPeer(python, 'classify.py', [join(SHIPPED_SCHEMAS, '10.0/alert.avsc'), findModel(MODEL), frames, String(PEER_BATCH)])
  const ours: AlertOutcome[] = []
  const theirs: Array<number | null> = []
  let round = 0
  const [candela, usual] = await inAlternation([
    { name: 'Candela', run: async () => { ours.push(...await classify(rounds[round]!)) } },
    { name: peer.about, run: async () => { theirs.push(...JSON.parse(await peer.ask(String(round++))) as Array<number | null>) } }
  ], ROUNDS, WARM_UP) as [Measured, Measured]
  peer.close()
  const { greatest, compared } = differenceOf(ours, theirs)
  console.log(`P(Ia) of ${compared} of ${ours.length} alerts compared, greatest difference ${greatest.toExponential(1)}`)
  if (!(greatest <= LARGEST_DIFFERENCE) || compared < ours.length / 2) throw new Error(`P(Ia) of both ways differs by ${greatest}, more than ${LARGEST_DIFFERENCE}, or too few could be compared`)
  const rate = ({ name, times }: Measured): string => `${name}: ${(alertsARound / median(times) * 1000).toFixed(0)} alerts/s`
  tell({
    question: `${question}: alerts a second from memory, light curves of ${median(rounds.flat().map(({ points }) => points))} points in the median`,
    measured: rate(candela),
    reference: rate(usual),
    ratios: candela.times.map((time, round) => usual.times[round]! / time),
    ...aim && { aim }
  })
}

try {
  const python = await pythonWith(['fastavro', 'numpy', 'torch'])
  if (python !== null) {
    while (night < NIGHTS_BEFORE) await classify(await nextNight())
    await measure(python, { question: 'all alerts of the nights', fits: () => true, alertsARound: 1000, aim: { atLeast: 20 } })
    await measure(python, { question: `those with at least ${LONG} points`, fits: ({ points }) => points >= LONG, alertsARound: 250 })
  }
} finally {
  await store.close()
  network.dispose()
  rmSync(folder, { recursive: true, force: true })
}

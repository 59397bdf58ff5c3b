import assert from 'node:assert/strict'
import test from 'node:test'
import { temporaryFolder } from '../pipeline.ts'
import { candela, serve } from '../e2e/candela-process.ts'
import { blocks, firstEvents, isForBrowsers, isForKafka, runBlock } from './guides.ts'

/** What blocks say beyond anything at all, by something that is in them. */
const EXPECTED: ReadonlyArray<[string, RegExp]> = [
  ['/health/ready', /"status":"ready"/],
  ['sort=probability&limit=5', /^\{"objects":\[\{"diaObjectId":"\d+"/],
  ['def candidates', /^\d+ candidates; the most probable: \d+ [\d.e-]+/],
  ['from astropy.table', /diaObjectId[\s\S]*ra is in deg/],
  ['format=csv&fields=diaObjectId,probabilityIa,epochs', /^"diaObjectId","probabilityIa","epochs"\r\n"\d+",[\d.e-]+,\d+\r\n/],
  ['$id/light-curve?format=csv', /"classification":\{[\s\S]*"classifications":\[\{[\s\S]*"midpointMjdTai","band",/],
  ["f'{address}/light-curve'", /detection +-?[\d.]+ ± [\d.]+ nJy {2}epoch \d+: [01]\.\d+\n[\s\S]*published first: [\d.e-]+ after \d+ epochs; now: [\d.e-]+/],
  ['if-none-match\': first', /probabilityIa: [\s\S]*(not changed since|changed meanwhile)/],
  ['/v1/classify" -H', /"diaObjectId":"SN-1","probabilityIa":[\d.e-]+,"probabilityIaErr":.*"classShares":"lsst",(?:"phase":.*,)?"epochs":3,"reason":null/],
  ["/v1/classify', json", /faint has no P\(Ia\): no-detection\nrising \[([\d.e-]+, ){8}[\d.e-]+\]\nwrong objects\.2\.points\.0\.psfFlux is "bright", expected a number/],
  ['minProbability=1.5', /"type":"\/problems\/invalid-parameter"[\s\S]*"type":"\/problems\/object-not-found"/],
  ['"$CANDELA/v1/stream" | head -n 9', /^retry: 2000\n\nevent: classification\nid: \d+\ndata: \{"diaObjectId":"\d+"/],
  ['Last-Event-ID: $before', /^retry: 2000\n\nevent: classification\nid: \d+\n/],
  ['def events', /^(\d{4}-\d\d-\d\dT[\d:.]+Z \d+ [\d.e-]+ \d+\n){3}$/],
  ['/v1/models"', /"name":"sky"/],
  ['const etags', /^\d+ \{[\s\S]*\n1 null\n$/],
  ['def annotations', /^\d+ \{'P\(Ia\)': /],
  ['-X PUT', /"redshift":0\.12,[\s\S]*"givenAt":"20[\s\S]*"givenAt":null/],
  ['my-candidate-7', /"outcome":"classified"/],
  ['/metrics"', /^candela_alerts_received_total \d+[\s\S]*"accounting":\{"received":\d+/m]
]

test('the blocks of the guides in curl, Python and JavaScript run as they stand against a running service', async t => {
  const dataDir = temporaryFolder(t)
  const token = (await candela(t, ['tokens', 'create', 'guide', '--scope', 'write', '--data-dir', dataDir])).stdout.trim()
  const service = await serve(t, ['--data-dir', dataDir, '--engine', 'wasm', '--sky-night-seconds', '2', '--auth', 'writes'])
  // Until some objects have been seen in several nights, and more come.
  await firstEvents(service.url, 12, 'minEpochs=5')

  const here = blocks.filter(block => !isForBrowsers(block) && !isForKafka(block))
  for (const [part] of EXPECTED) assert.ok(here.some(({ code }) => code.includes(part)), `a block has ${part} in it`)
  for (const block of here) {
    const expected = EXPECTED.find(([part]) => block.code.includes(part))?.[1]
    await t.test(`${block.where} ${block.language}`, t => runBlock(t, block, { CANDELA: service.url, CANDELA_TOKEN: token }, expected))
  }
  await service.stop('SIGTERM')
})

/** ELAsTiCC's campaign alerts (0.9.1, nJy) were read as its test alerts are (0.9, FLUXCAL): fluxes 36 times too large. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeAlert, decodeFile } from '../../../src/alert/decode.ts'
import { PointReport } from '../../../src/alert/points/point-report.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { parseSnana } from '../../../src/alert/snana/snana.ts'
import { containerBlock, containerHeader, countingSource, elasticcAlert, elasticcSchema, elasticcSource, elasticcWriter, writerOf } from '../../fixtures/alert-packets.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'
import { needs, sharedData } from '../../parts.ts'
import { openService } from '../../http/service.ts'

/** 10^(0.4·3.9) */
const NJY_PER_FLUXCAL = 36.307805477010135
const schemas = countingSource()

/** The schema of the test alerts under the names of another version, or as a broker that keeps none writes it. */
function written (rename: (text: string) => string, alert: object): Buffer {
  const schema = JSON.parse(rename(JSON.stringify(elasticcSchema))) as object
  return Buffer.concat([containerHeader(schema), containerBlock([writerOf(schema).toBuffer(alert)])])
}
const version = (name: string) => (text: string): string => text.replaceAll('elasticc.v0_9.', `elasticc.${name}.`)
const nameless = (text: string): string => text.replaceAll('elasticc.v0_9.alert', 'topLevelRecord').replaceAll('elasticc.v0_9.', 'topLevelRecord.')
const withoutVisit = (text: string): string => text.replace('{"name":"ccdVisitId","type":"long"},', '')
const one = elasticcAlert()

test('the unit of ELAsTiCC\'s fluxes goes by the version of the schema', async () => {
  for (const [rename, unit, dialect] of [
    [version('v0_9'), 'FLUXCAL', 'elasticc 0.9'],
    [version('v0_9_1'), 'nJy', 'elasticc 0.9.1'],
    [version('v0_9_2'), 'nJy', 'elasticc 0.9.2'],
    [nameless, 'FLUXCAL', 'elasticc 0.9'],
    [(text: string) => withoutVisit(nameless(text)), 'nJy', 'elasticc 0.9.1']
  ] as const) {
    const { points, readAs } = await decodeAlert(written(rename, one), { schemas })
    const expected = unit === 'FLUXCAL' ? 200 * NJY_PER_FLUXCAL : 200
    assert.ok(Math.abs(points[0]!.psfFlux / expected - 1) < 1e-14, `${dialect}: ${points[0]!.psfFlux}`)
    assert.ok(Math.abs(points[0]!.psfFlux / points[0]!.psfFluxErr - 10) < 1e-14)
    assert.deepEqual([readAs?.fluxUnit, readAs?.dialect], [unit, dialect])
  }
})

test('a zero point of SNANA holds for the whole file, wherever it stands; −9 is none', () => {
  const text = (before: string, after: string): string =>
    `${before}SNID: 1\nNVAR: 4\nVARLIST: MJD FLT FLUXCAL FLUXCALERR\nOBS: 59000 r 100 5\n${after}END:\n`
  const read = (before: string, after = ''): [number, string] => {
    const { points, readAs } = parseSnana(text(before, after), 'x.dat')
    return [Number(points[0]!.psfFlux.toFixed(9)), readAs.fluxUnit]
  }
  assert.deepEqual(read('ZP_FLUXCAL: 31.4\n'), [100, 'FLUXCAL, zero point 31.4'])
  assert.deepEqual(read('', 'ZP_FLUXCAL: 31.4\n'), [100, 'FLUXCAL, zero point 31.4'])
  assert.deepEqual(read(''), [3630.780547701, 'FLUXCAL'])
  assert.deepEqual(read('ZP_FLUXCAL: -9\n'), [3630.780547701, 'FLUXCAL'])
})

/** What is said of alerts of one source. */
function warningsOf (alerts: readonly Alert[]): string[] {
  const warnings: string[] = []
  const report = new PointReport(warning => warnings.push(warning))
  for (const alert of alerts) report.add('night.avro', alert)
  report.end()
  return warnings
}

test('errors that do not fit the unit are a warning, once a source', async () => {
  /** With an error in r, as it is written. */
  const alertsOf = (rename: (text: string) => string, error: number): Promise<Alert[]> => Promise.all(Array.from({ length: 20 }, (_, k) =>
    decodeAlert(written(rename, elasticcAlert({ diaSource: elasticcSource({ filterName: 'r', midPointTai: 60000 + k, psFlux: 7 * error, psFluxErr: error }) })), { schemas })))
  // LSST's σ in r is some 200 nJy, or 5 FLUXCAL.
  assert.deepEqual(warningsOf(await alertsOf(version('v0_9'), 5)), [])
  assert.deepEqual(warningsOf(await alertsOf(version('v0_9_1'), 200)), [])
  const [small, ...moreSmall] = warningsOf(await alertsOf(version('v0_9_1'), 5))
  assert.match(small!, /^night\.avro: the fluxes \(elasticc 0\.9\.1\) were read as nJy, and their errors are 1\/38 of those of LSST's visits: they look like FLUXCAL/)
  const [large, ...moreLarge] = warningsOf(await alertsOf(version('v0_9'), 200))
  assert.match(large!, /elasticc 0\.9\) were read as FLUXCAL, and their errors are 38 times those of LSST's visits: they look like nJy/)
  assert.deepEqual([moreSmall, moreLarge], [[], []])
  assert.deepEqual(warningsOf((await alertsOf(version('v0_9_1'), 5)).slice(0, 3)), [], 'three points say nothing')
})

test('real alerts and simulated ones have the errors of their unit', async t => {
  if (!needs(t, 'shared-data')) return
  const rubin = schemaFolders(SHIPPED_SCHEMAS)
  for (const folder of ['elasticc', 'lsst-fink', 'ztf']) {
    const alerts: Alert[] = []
    for (const name of readdirSync(join(sharedData, 'alerts', folder))) {
      for await (const read of decodeFile(readFileSync(join(sharedData, 'alerts', folder, name)), { schemas: rubin })) if ('alert' in read) alerts.push(read.alert)
    }
    assert.ok(alerts.length > 20)
    assert.deepEqual(warningsOf(alerts), [], folder)
  }
})

test('the answer to alerts says in which unit their fluxes were read, and what is odd about them', async t => {
  const service = await openService(t)
  interface Answer { outcomes: Array<{ fluxUnit?: string, leftOut?: object }>, warnings?: string[] }
  const post = async (payload: object | Buffer): Promise<Answer> => (await service.ask({ method: 'POST', url: '/v1/alerts', payload })).json<Answer>()
  const campaign = await post(written(version('v0_9_1'), one))
  assert.deepEqual([campaign.outcomes[0]!.fluxUnit, campaign.warnings], ['nJy', undefined])
  assert.equal((await post(Buffer.concat([containerHeader(elasticcSchema), containerBlock([elasticcWriter.toBuffer(one)])]))).outcomes[0]!.fluxUnit, 'FLUXCAL')
  const mixed = await post(plainAlert({ points: [{ midpointMjdTai: 60000, band: 'r', fluxcal: 50, fluxcalErr: 5 }, plainPoint({ midpointMjdTai: 60001 })] }))
  assert.equal(mixed.outcomes[0]!.fluxUnit, 'nJy and FLUXCAL')
  const fluxcal = await post(plainAlert({ points: Array.from({ length: 12 }, (_, k) => plainPoint({ midpointMjdTai: 60000 + k, psfFlux: 50, psfFluxErr: 3 })) }))
  assert.match(fluxcal.warnings![0]!, /^the request: the fluxes \(json\) were read as nJy.* they look like FLUXCAL/)
})

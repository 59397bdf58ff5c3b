import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { loadClassShares, readClassShares } from '../../src/model/class-shares.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const CLASSES = [{ name: 'Ia', id: 2222, positive: true }, { name: 'AGN', id: 2332, positive: false }]
const TABLE = { name: 'mine', survey: 'LSST', detections: [1, 2, 10], shares: { AGN: [0.9, 0.8, 0.9996], Ia: [0.1, 0.2, 0.0001] } }

test('a file of class shares comes back in the order of the model\'s classes, each row made to sum to 1', t => {
  const path = join(temporaryFolder(t), 'mine.json')
  writeFileSync(path, JSON.stringify(TABLE))
  const { name, detections, shares } = readClassShares(path, CLASSES)
  assert.deepEqual({ name, detections }, { name: 'mine', detections: [1, 2, 10] })
  assert.deepEqual(shares, [[0.1, 0.9], [0.2, 0.8], [0.0001 / 0.9997, 0.9996 / 0.9997]])
  const of = loadClassShares(path, { classes: CLASSES })
  assert.deepEqual(of('ZTF18aabcdef'), { name, detections, shares })
  assert.deepEqual(of('123'), of('ZTF18aabcdef'))
})

test('class shares that do not fit are refused with what is wrong', t => {
  const { shares: { Ia, AGN } } = TABLE
  const wrong: Array<[what: RegExp, record: unknown]> = [
    [/not JSON/, '{'],
    [/shares\.Ia\[0\]/, JSON.stringify(TABLE).replace('0.1,', '1e999,')],
    [/shares/, { ...TABLE, shares: undefined }],
    [/weights/, { ...TABLE, weights: [] }],
    [/no class TDE; its classes are Ia, AGN/, { ...TABLE, shares: { Ia, AGN, TDE: [0.1, 0.1, 0.1] } }],
    [/no shares of AGN/, { ...TABLE, shares: { Ia } }],
    [/2 shares of AGN at 3 numbers of detections/, { ...TABLE, shares: { Ia, AGN: [0.9, 0.8] } }],
    [/shares\.Ia\[0\]/, { ...TABLE, shares: { AGN, Ia: [0, 0.2, 0.1] } }],
    [/shares\.Ia\[2\]/, { ...TABLE, shares: { AGN, Ia: [0.1, 0.2, -0.1] } }],
    [/shares\.Ia\[1\]/, { ...TABLE, shares: { AGN, Ia: [0.1, null, 0.1] } }],
    [/shares at 2 detections sum to 1\.1/, { ...TABLE, shares: { AGN, Ia: [0.1, 0.3, 0.0001] } }],
    [/must rise/, { ...TABLE, detections: [1, 10, 2] }],
    [/must rise/, { ...TABLE, detections: [1, 2, 2] }],
    [/detections/, { ...TABLE, detections: [0, 2, 10] }]
  ]
  const path = join(temporaryFolder(t), 'wrong.json')
  for (const [what, record] of wrong) {
    writeFileSync(path, typeof record === 'string' ? record : JSON.stringify(record))
    assert.throws(() => readClassShares(path, CLASSES), (error: CandelaError) => error.code === 'class-shares-invalid' && what.test(error.message) && error.message.includes(path), String(what))
  }
  assert.throws(() => loadClassShares('lsts', { classes: CLASSES }), (error: CandelaError) => error.code === 'class-shares-unreadable' && /training, survey, lsst, ztf/.test(error.action!))
})

test('the shares of the training, and all shares of a model without classes, are null', () => {
  assert.equal(loadClassShares('training', { classes: CLASSES })('123'), null)
  assert.equal(loadClassShares('survey', { classes: null })('123'), null)
})

test('the shares of an object\'s survey follow from its id', t => {
  const folder = temporaryFolder(t)
  for (const name of ['lsst', 'ztf']) writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...TABLE, name }))
  const named = (setting: string, diaObjectId: string): string | undefined => loadClassShares(setting, { classes: CLASSES }, folder)(diaObjectId)?.name
  assert.deepEqual(['ZTF18aabcdef', '169760232816542', 'ZTF18aabcde', 'SN2026abc'].map(id => named('survey', id)), ['ztf', 'lsst', 'lsst', 'lsst'])
  assert.deepEqual([named('ztf', '169760232816542'), named('lsst', 'ZTF18aabcdef')], ['ztf', 'lsst'])
})

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readCadence } from '../../../src/simulator/survey/cadence-file.ts'
import { coadded } from '../../../src/simulator/survey/lsst.ts'
import { nightOf } from '../../../src/simulator/survey/visits.ts'

const HEADER = 'point,ra,dec,mjd,band,m5\n'
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cadence-'))
  await mkdir(join(folder, 'cadence'))
})
after(async () => { await rm(folder, { recursive: true }) })

async function read (text: string) {
  await writeFile(join(folder, 'cadence/table.csv'), text)
  return await readCadence(folder, 'cadence/table.csv', ['g', 'r'])
}
const refused = async (text: string, message: RegExp, code = 'templates-damaged'): Promise<void> => {
  await assert.rejects(read(text), error => {
    assert.match((error as Error).message, message)
    assert.equal((error as { code: string }).code, code)
    return true
  })
}

test('a table of visits is read by position, with every digit that it has', async () => {
  const points = await read(`${HEADER}a,9.45,-44.0,60218.05159,g,22.474\r\na,9.45,-44.0,60218.07537,r,22.093\n\nb1,4.705192115214091,-0.2975786374650332,58288.375,r,20.667`)
  assert.deepEqual(points.map(({ field }) => field), ['a', 'b1'])
  assert.deepEqual([...points[0]!.visits.mjd], [60218.05159, 60218.07537])
  assert.deepEqual([...points[0]!.visits.band], [0, 1])
  assert.deepEqual([...points[0]!.visits.depth], [22.474, 22.093])
  assert.ok(Math.abs(points[1]!.ra - 4.705192115214091) < 1e-11)
  assert.ok(Math.abs(points[1]!.dec + 0.2975786374650332) < 1e-11)
})

test('what is no table of visits is refused, with the line', async () => {
  await refused(HEADER, /table\.csv: it is a cadence without visits/)
  await refused('', /begins with ""/)
  await refused('ra,dec\n1,2\n', /begins with "ra,dec" instead of point,ra,dec,mjd,band,m5/)
  await refused(`${HEADER}a,1,2,60000,g,22\na,1,2,60001,w,22\n`, /line 3 has a visit in band "w", which has no passband; there are g, r/)
  await refused(`${HEADER}a,1,2,60000,lsstg,22\n`, /line 2 has a visit in band "lsstg"/)
  await refused(`${HEADER}a,1,2,60000,g\n`, /line 2 cannot be read: "a,1,2,60000,g"/)
  await refused(`${HEADER}a,1,2,nan,g,22\n`, /line 2 cannot be read/)
  await refused(`${HEADER}a,1,2,60000,g,-inf\n`, /line 2 cannot be read/)
  await refused(`${HEADER}a,1,200,60000,g,22\n`, /line 2 has no position on the sky: ra 1, dec 200/)
  await refused(`${HEADER}a,1,2,60001,g,22\na,1,2,60000,g,22\n`, /line 3: the visits of a are not in order of time/)
  await assert.rejects(readCadence(folder, 'cadence/other.csv', ['g']), { code: 'templates-missing' })
})

test('visits of one night and band are one, deeper by 1.25 log n, and midnight parts no night', () => {
  const visits = coadded({
    mjd: Float64Array.of(60000.97, 60000.98, 60001.1, 60001.2, 60002.2),
    band: Uint8Array.of(1, 0, 1, 1, 1),
    depth: Float64Array.of(24, 25, 24, 24, 24)
  }, 2)
  assert.deepEqual([...visits.band], [0, 1, 1])
  assert.ok(Math.abs(visits.depth[1]! - (24 + 1.25 * Math.log10(3))) < 1e-12)
  assert.ok(Math.abs(visits.mjd[1]! - (60000.97 + 60001.1 + 60001.2) / 3) < 1e-9)
  assert.ok(Math.abs(visits.depth[2]! - 24) < 1e-12)
  // Cerro Pachón, 18:50 to 06:00; Palomar, 18:00 to 05:30 local
  assert.equal(nightOf(60000.97), nightOf(60001.42))
  assert.equal(nightOf(60001.08), nightOf(60001.56))
})

import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { FoundCandidate } from '../../src/state/views.ts'
import { openService, type Service } from './service.ts'
import { readCsv, readVotable, readWithAstropy, type ReadTable } from './table/read-tables.ts'

const IDS = ['313934342374881341', '313934342374881342', '7']

async function threeObjects (t: TestContext): Promise<Service> {
  const service = await openService(t)
  for (const [k, id] of IDS.entries()) await service.observe(id, k + 1, { flux: 3000 * (k + 1) })
  return service
}

const COLUMNS = ['diaObjectId', 'probabilityIa', 'epochs', 'midpointMjdTai', 'revision', 'classifierName', 'classifierVersion', 'publishedAt', 'ra', 'dec', 'firstDetectionMjdTai', 'rise', 'sequence']

const cells = (rows: readonly object[], names: readonly string[]): ReadTable['rows'] => rows.map(row => names.map(name => {
  const value = (row as Record<string, unknown>)[name]
  return value === null || value === undefined ? null : String(value)
}))

test('a list has the same values as JSON, CSV and VOTable; format stands above Accept', async t => {
  const { ask } = await threeObjects(t)
  for (const [path, key, names] of [['/v1/objects?sort=rise', 'objects', COLUMNS], [`/v1/objects/${IDS[1]}/classifications?asOf=2030-01-01T00:00:00Z`, 'classifications', COLUMNS.slice(0, 8)]] as const) {
    const json = (await ask({ url: path, headers: { accept: 'application/json, */*' } })).json<Record<string, object[]>>()[key]!
    assert.ok(json.length > 0)
    const csvs = await Promise.all([ask({ url: path, headers: { accept: 'text/csv' } }), ask(`${path}&format=csv`), ask({ url: `${path}&format=csv`, headers: { accept: 'application/json' } })])
    for (const csv of csvs) {
      assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
      assert.match(String(csv.headers['vary']), /accept/)
      assert.deepEqual(readCsv(csv.body), { names, rows: cells(json, names) })
    }
    const votables = await Promise.all([ask({ url: path, headers: { accept: 'text/html;q=0.2, application/x-votable+xml' } }), ask({ url: path, headers: { accept: 'text/xml' } }), ask(`${path}&format=votable`)])
    for (const [k, votable] of votables.entries()) {
      assert.equal(votable.headers['content-type'], `${k === 1 ? 'text/xml' : 'application/x-votable+xml'}; charset=utf-8`)
      const read = readVotable(votable.body)
      assert.deepEqual({ names: read.names, rows: read.rows }, { names, rows: cells(json, names) })
    }
    for (const accept of ['text/html,application/xhtml+xml,*/*;q=0.8', '*/*']) assert.match(String((await ask({ url: path, headers: { accept } })).headers['content-type']), /^application\/json/, accept)
  }
})

test('pages of CSV and VOTable lead on by Link, and VOTable says that it was cut off', async t => {
  const { ask } = await threeObjects(t)
  const first = await ask('/v1/objects?limit=2&format=votable&sort=probability')
  const [, next] = /^<(\?[^>]+)>; rel="next"$/.exec(String(first.headers['link'])) ?? []
  const { infos } = readVotable(first.body)
  const cursor = new URLSearchParams(next).get('cursor')!
  assert.deepEqual(infos, [['QUERY_STATUS', 'OK'], ['nextCursor', cursor], ['QUERY_STATUS', 'OVERFLOW']])
  const second = await ask(`/v1/objects${next}`)
  assert.equal(second.headers['link'], undefined)
  assert.deepEqual(readVotable(second.body).infos, [['QUERY_STATUS', 'OK']])
  // The same list in another form, and in other lengths of pages.
  const asCsv = await ask(`/v1/objects?limit=5&format=csv&sort=probability&cursor=${cursor}&fields=diaObjectId`)
  assert.deepEqual(readCsv(asCsv.body).rows, readVotable(second.body).rows.map(row => row.slice(0, 1)))
  assert.equal((await ask('/v1/objects?limit=2')).headers['link'] === undefined, false, 'JSON has it too')
})

test('a cone has separations, as a column too', async t => {
  const { ask } = await threeObjects(t)
  const path = '/v1/objects?ra=53.1&dec=-27.3&radius=1'
  const { objects } = (await ask(path)).json<{ objects: FoundCandidate[] }>()
  assert.deepEqual(objects.map(({ separation }) => Math.round(1e9 * separation!) / 1e9), [0.5, 0.5, 0.5])
  assert.deepEqual(readCsv((await ask(`${path}&format=csv`)).body), { names: [...COLUMNS, 'separation'], rows: cells(objects, [...COLUMNS, 'separation']) })
  assert.deepEqual((await ask('/v1/objects?ra=53.1&dec=-27.3&radius=0.4')).json<{ objects: unknown[] }>().objects, [])
})

test('fields choose what is answered, in every form', async t => {
  const { ask } = await threeObjects(t)
  for (const query of ['fields=diaObjectId,rise', 'fields=rise&fields=diaObjectId&fields=rise']) {
    const { objects } = (await ask(`/v1/objects?${query}`)).json<{ objects: object[] }>()
    assert.deepEqual(objects.map(object => Object.keys(object)), IDS.map(() => ['diaObjectId', 'rise']), query)
  }
  assert.deepEqual(readCsv((await ask('/v1/objects?fields=rise,diaObjectId&format=csv')).body).names, ['rise', 'diaObjectId'])
  assert.deepEqual(readVotable((await ask('/v1/objects?fields=epochs&format=votable')).body).rows, [['3'], ['2'], ['1']])
  assert.deepEqual((await ask(`/v1/objects/${IDS[0]}?fields=points,host`)).json(), { points: 1, host: { redshift: null, redshiftErr: null, mwebv: null, givenAt: null } })
  const history = (await ask(`/v1/objects/${IDS[2]}/classifications?fields=epochs`)).json<object>()
  assert.deepEqual(history, { diaObjectId: IDS[2], asOf: null, classifications: [{ epochs: 3 }] })
  for (const [url, known] of [['/v1/objects?fields=ra,redshift', /diaObjectId, .*, rise, sequence, separation$/], ['/v1/objects/7?fields=redshift', /diaObjectId, ra, dec, host, /], ['/v1/objects/7/classifications?fields=', /diaObjectId, /]] as const) {
    const response = await ask(url)
    assert.equal(response.statusCode, 400, url)
    const [error, ...others] = response.json<{ errors: Array<{ parameter: string, expected: string }> }>().errors
    assert.deepEqual([error!.parameter, others], ['fields', []])
    assert.match(error!.expected, known)
  }
})

for (const format of ['csv', 'votable'] as const) {
  test(`astropy reads a list as ${format}: ids to the last digit, numbers as JSON has them, units and UCDs of the standard`, async t => {
    const { ask } = await threeObjects(t)
    const path = '/v1/objects?ra=53.1&dec=-27.3&radius=1'
    const { objects } = (await ask(path)).json<{ objects: FoundCandidate[] }>()
    const read = readWithAstropy(t, (await ask(`${path}&format=${format}`)).body, format)
    if (read === undefined) return
    const names = [...COLUMNS, 'separation']
    assert.deepEqual(read.names, names)
    const rows = read.rows.map(row => row.map((value, k) => typeof value === 'string' && /^-?[\d.]+(e[-+]?\d+)?$/.test(value) && !['diaObjectId', 'classifierVersion'].includes(names[k]!) ? Number(value) : value))
    const expected = objects.map(object => names.map(name => {
      const value = (object as unknown as Record<string, string | number | null>)[name]!
      // astropy takes a version for a number where a table of text has nothing but digits in that column.
      return format === 'csv' && name === 'classifierVersion' ? '1.0' : value
    }))
    assert.deepEqual(rows, expected)
    assert.deepEqual(read.warnings, [])
    if (format === 'csv') return
    assert.ok(read.ucdsRight && read.valid, 'valid')
    assert.deepEqual(names.filter(name => read.ucds[name] === null), [], 'each column has a UCD')
    assert.deepEqual([read.units['ra'], read.units['midpointMjdTai'], read.units['separation']], ['deg', 'd', 'deg'])
  })
}

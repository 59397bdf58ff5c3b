import assert from 'node:assert/strict'
import test from 'node:test'
import { z } from 'zod'
import { columnsOf, field } from '../../../src/http/table/columns.ts'
import { csvOf } from '../../../src/http/table/csv.ts'
import { votableOf } from '../../../src/http/table/votable.ts'
import { readCsv, readVotable, readWithAstropy } from './read-tables.ts'

const row = z.object({
  diaObjectId: z.string().meta(field('The id', { ucd: 'meta.id;meta.main' })),
  ra: z.number().meta(field('Right ascension [deg, ICRS]', { unit: 'deg', ucd: 'pos.eq.ra;meta.main', system: 'ICRS' })),
  midpointMjdTai: z.number().nullable().meta(field('Time [d, MJD TAI]', { unit: 'd', ucd: 'time.epoch', system: 'TAI' })),
  psfFlux: z.number().optional().meta(field('Flux [nJy]', { unit: 'nJy', ucd: 'phot.flux' })),
  epochs: z.int().nullable().describe('Steps'),
  withdrawn: z.boolean(),
  kind: z.enum(['detection', 'a,"b"\n<c> & d']),
  publishedAt: z.iso.datetime().meta(field('ISO 8601, UTC', { ucd: 'time.release' }))
}).meta({ id: 'TestedRow' })
type Row = z.infer<typeof row>
const columns = columnsOf(row)

const rows: Row[] = [
  { diaObjectId: '313934342374881341', ra: 53.123456789012344, midpointMjdTai: 60000.00000001, psfFlux: 0.1 + 0.2, epochs: 12, withdrawn: false, kind: 'detection', publishedAt: '2026-05-01T00:00:00.123Z' },
  { diaObjectId: '9223372036854775807', ra: 1e-7, midpointMjdTai: null, epochs: null, withdrawn: true, kind: 'a,"b"\n<c> & d', publishedAt: '2026-05-01T00:00:01.000Z' },
  { diaObjectId: '007', ra: 359.99999999999994, midpointMjdTai: 5e-324, psfFlux: -1.7976931348623157e308, epochs: 9007199254740991, withdrawn: false, kind: 'detection', publishedAt: '2026-05-01T00:00:02.000Z' }
]
const about = { name: 'rows', description: 'Rows & more', facts: { asOf: '2026-05-01T00:00:00Z', nextCursor: 'a"b<' }, more: true }

const written = rows.map(one => columns.map(({ name }) => {
  const value = one[name as keyof Row]
  return value === null || value === undefined ? null : String(value)
}))

test('columns have their types, units and meanings from the schema of a row', () => {
  assert.deepEqual(columns.map(({ name, type }) => [name, type]), [
    ['diaObjectId', 'text'], ['ra', 'number'], ['midpointMjdTai', 'number'], ['psfFlux', 'number'], ['epochs', 'integer'], ['withdrawn', 'boolean'], ['kind', 'text'], ['publishedAt', 'time']
  ])
  assert.deepEqual(columns[1], { name: 'ra', type: 'number', description: 'Right ascension [deg, ICRS]', unit: 'deg', ucd: 'pos.eq.ra;meta.main', system: 'ICRS' })
  assert.throws(() => columnsOf(z.object({ host: z.object({ redshift: z.number() }) })), /field host is no column/)
})

test('CSV gives back every digit, comma, quote and line end; null is an empty cell', () => {
  assert.deepEqual(readCsv(csvOf(columns, rows)), { names: columns.map(({ name }) => name), rows: written })
  assert.match(csvOf(columns, rows), /^"diaObjectId","ra",.*\r\n"313934342374881341",53.123456789012344,60000.00000001,0.30000000000000004,12,false,"detection","2026-05-01T00:00:00.123Z"\r\n/)
  assert.equal(csvOf(columns, []), `${columns.map(({ name }) => `"${name}"`).join(',')}\r\n`)
})

test('VOTable gives back every digit and mark, says types, units and what holds for all', () => {
  const read = readVotable(votableOf(columns, rows, about))
  assert.deepEqual(read.rows, written)
  assert.deepEqual(read.fields[0], { name: 'diaObjectId', datatype: 'char', arraysize: '*', ucd: 'meta.id;meta.main' })
  assert.deepEqual(read.fields[1], { name: 'ra', datatype: 'double', unit: 'deg', ucd: 'pos.eq.ra;meta.main', ref: 'icrs' })
  assert.deepEqual(read.fields[7], { name: 'publishedAt', datatype: 'char', arraysize: '*', xtype: 'timestamp', ucd: 'time.release' })
  assert.deepEqual(read.infos, [['QUERY_STATUS', 'OK'], ['asOf', about.facts.asOf], ['nextCursor', about.facts.nextCursor], ['QUERY_STATUS', 'OVERFLOW']])
  assert.deepEqual(readVotable(votableOf(columns, [], { name: 'rows', description: '' })).rows, [])
})

test('a number that JSON does not know is an empty cell', () => {
  const [first] = rows as [Row]
  const odd = [{ ...first, ra: Number.NaN, psfFlux: Infinity }]
  assert.deepEqual(readCsv(csvOf(columns, odd)).rows[0]!.slice(1, 4), [null, '60000.00000001', null])
  assert.deepEqual(readVotable(votableOf(columns, odd, about)).rows[0]!.slice(1, 4), [null, '60000.00000001', null])
})

for (const form of ['csv', 'votable'] as const) {
  test(`astropy reads ${form} with the same values, and has nothing to say against it`, t => {
    const plain = rows.map(one => ({ ...one, kind: one.kind.replace('\n', ' ') }))
    const read = readWithAstropy(t, form === 'csv' ? csvOf(columns, plain) : votableOf(columns, plain, { ...about, more: false }), form)
    if (read === undefined) return
    assert.deepEqual(read.names, columns.map(({ name }) => name))
    const numbers = (row: AnyRow): AnyRow => row.map(value => typeof value === 'string' && /^-?[\d.]+(e[-+]\d+)?$/.test(value) && !/^\d{3,}$/.test(value) ? Number(value) : value)
    // astropy's CSV reader takes true and false for text.
    const expected = plain.map(one => columns.map(({ name }) => {
      const value = one[name as keyof Row] ?? null
      return form === 'csv' && typeof value === 'boolean' ? String(value) : value
    }))
    assert.deepEqual(read.rows.map(numbers), expected)
    assert.deepEqual(read.warnings, [])
    if (form === 'csv') return
    assert.equal(read.ucdsRight, true, 'UCDs of the standard\'s vocabulary')
    assert.equal(read.valid, true, 'valid by astropy')
    assert.deepEqual([read.units['ra'], read.units['psfFlux'], read.units['epochs']], ['deg', 'nJy', null])
    assert.equal(read.descriptions['ra'], 'Right ascension [deg, ICRS]')
  })
}

type AnyRow = Array<string | number | boolean | null>

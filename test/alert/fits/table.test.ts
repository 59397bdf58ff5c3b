import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { numberIn, textIn } from '../../../src/alert/fits/columns.ts'
import { FitsTable } from '../../../src/alert/fits/table.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { fitsFile, headerOf, type WrittenColumn } from './write-fits.ts'

function written (t: TestContext, bytes: Uint8Array, name = 'x.FITS'): string {
  const path = join(temporaryFolder(t), name)
  writeFileSync(path, bytes)
  return path
}

async function opened (t: TestContext, columns: WrittenColumn[]): Promise<FitsTable> {
  const table = await FitsTable.open(written(t, fitsFile(columns)))
  t.after(() => table.close())
  return table
}

test('cells of every form are read, big-endian, strings without padding', async t => {
  const table = await opened(t, [
    { name: 'flag', form: 'L', values: ['T', 'F'] },
    { name: 'byte', form: '1B', values: [200, 0] },
    { name: 'short', form: '1I', values: [-9, 32767] },
    { name: 'int', form: 'J', values: [-2147483648, 7] },
    { name: 'long', form: '1K', values: [9223372036854775807n, -9007199254740993n] },
    { name: 'text', form: '8A', values: ['Ia', ' SN\0x'] },
    { name: 'float', form: 'E', values: [0.5, Number.NaN] },
    { name: 'double', form: '2D', values: [[56328.047, 1], [-1e300, 2]] },
    { name: 'none', form: '0J', values: [0, 0] }
  ])
  assert.equal(table.rows, 2)
  const rows = await table.read(0, 2)
  const numbers = ['BYTE', 'SHORT', 'INT', 'FLOAT', 'DOUBLE', 'NONE'].map(name => rows.map(row => numberIn(table.needed(name), row)))
  assert.deepEqual(numbers, [[200, 0], [-9, 32767], [-2147483648, 7], [0.5, null], [56328.047, -1e300], [null, null]])
  const texts = ['FLAG', 'LONG', 'TEXT', 'INT'].map(name => rows.map(row => textIn(table.needed(name), row)))
  assert.deepEqual(texts, [['T', 'F'], ['9223372036854775807', '-9007199254740993'], ['Ia', 'SN'], ['-2147483648', '7']])
})

test('TSCAL, TZERO and TNULL are applied; unsigned 64-bit integers stay exact', async t => {
  const table = await opened(t, [
    { name: 'SCALED', form: 'I', values: [100, -1], scale: 0.25, zero: 3, null: -1 },
    { name: 'UNSIGNED', form: 'K', values: [-9223372036854775808n, 9223372036854775807n], zero: '9223372036854775808' },
    { name: 'NUMERAL', form: '5A', values: ['1.5', 'no'] }
  ])
  const rows = await table.read(0, 2)
  assert.deepEqual(rows.map(row => numberIn(table.needed('SCALED'), row)), [28, null])
  assert.deepEqual(rows.map(row => textIn(table.needed('UNSIGNED'), row)), ['0', '18446744073709551615'])
  assert.deepEqual(rows.map(row => numberIn(table.needed('NUMERAL'), row)), [1.5, null])
})

test('rows are reached in any forward steps, plain and gzipped alike', async t => {
  const values = Array.from({ length: 50_000 }, (_, k) => k)
  const bytes = fitsFile([{ name: 'N', form: 'J', values }, { name: 'PAD', form: '9A', values: values.map(String) }])
  for (const path of [written(t, bytes), written(t, gzipSync(bytes), 'x.fits.gz')]) {
    const table = await FitsTable.open(path)
    const read: number[] = []
    for (const [first, count] of [[0, 1], [1, 2], [7, 0], [30_000, 3], [49_999, 1]] as const) {
      read.push(...(await table.read(first, count)).map(row => numberIn(table.needed('N'), row)!))
    }
    assert.deepEqual(read, [0, 1, 2, 30_000, 30_001, 30_002, 49_999])
    await table.close()
  }
})

test('units with data before the table are passed over', async t => {
  const table = fitsFile([{ name: 'N', form: 'J', values: [5] }])
  const image = headerOf(["XTENSION= 'IMAGE   '", 'BITPIX  =                  -64', 'NAXIS   =                    2', 'NAXIS1  =                   30', 'NAXIS2  =                   20'].map(card => card.padEnd(80)))
  const opened = await FitsTable.open(written(t, Buffer.concat([table.subarray(0, 2880), image, Buffer.alloc(2 * 2880), table.subarray(2880)])))
  assert.deepEqual((await opened.read(0, 1)).map(row => numberIn(opened.needed('N'), row)), [5])
  await opened.close()
})

test('damage is refused with what is wrong', async t => {
  const columns: WrittenColumn[] = [{ name: 'N', form: 'J', values: [5, 6] }, { name: 'S', form: '4A', values: ['a', 'b'] }]
  const cases: Array<[Uint8Array, RegExp, string?]> = [
    [Buffer.from('not a FITS file'), /ends after 15 bytes, before the first row/],
    [Buffer.alloc(6000, 0x20), /does not start with SIMPLE/],
    [fitsFile(columns).subarray(0, 4000), /ends after 4000 bytes/],
    [fitsFile(columns, { table: { NAXIS1: 9 } }), /a row has 9 bytes \(NAXIS1\), its columns have 8/],
    [fitsFile(columns, { table: { NAXIS: 3 } }), /NAXIS = 2/],
    [fitsFile(columns, { table: { NAXIS2: -1 } }), /NAXIS2 is '-1'/],
    [fitsFile(columns, { table: { TFIELDS: 1e9 } }), /TFIELDS is 1000000000/],
    [fitsFile([{ name: 'N', form: '999999999D', values: [] }], { table: { NAXIS1: 7999999992, NAXIS2: 1 } }), /at most 67108864 are read/],
    [fitsFile([{ name: 'N', form: '0J', values: [] }], { table: { NAXIS1: 0, NAXIS2: 9e15 } }), /9000000000000000 rows of no bytes/],
    [fitsFile([{ name: 'N', form: '1Z', values: [] }]), /column form 'Z' is not known/],
    [headerOf(['SIMPLE  =                    T', 'BITPIX  =                    8', 'NAXIS   =                    2', 'NAXIS1  =          99999999999', 'NAXIS2  =          99999999999'].map(card => card.padEnd(80))), /is announced/],
    [gzipSync(fitsFile(columns)).subarray(0, 60), /cannot be read: unexpected end of file/, 'x.FITS.gz']
  ]
  for (const [bytes, message, name] of cases) {
    await assert.rejects(FitsTable.open(written(t, bytes, name)), (error: Error & { code: string }) => {
      assert.match(error.message, message)
      assert.match(error.code, /^(fits-damaged|file-unreadable)$/)
      return true
    })
  }
})

test('a table that announces more rows than the file holds gives those that are there', async t => {
  const table = await FitsTable.open(written(t, fitsFile([{ name: 'N', form: 'J', values: [5, 6] }], { table: { NAXIS2: 1e15 } })))
  assert.deepEqual((await table.read(0, 2)).map(row => numberIn(table.needed('N'), row)), [5, 6])
  await assert.rejects(table.read(1e12, 1), { code: 'fits-damaged', message: /ends after 8640 bytes, before row 1000000000001/ })
})

test('a file that is not there is an unreadable file', async t => {
  await assert.rejects(FitsTable.open(join(temporaryFolder(t), 'none.FITS')), { code: 'file-unreadable' })
  await assert.rejects(FitsTable.open(join(temporaryFolder(t), 'none.FITS.gz')), { code: 'file-unreadable' })
})

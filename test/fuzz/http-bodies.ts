/** Bodies that cost a service more than they cost their sender: small ones that expand, deep ones, wide ones, endless ones. */
import { brotliCompressSync, crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { snappyCompress } from 'hysnappy'
import { elasticcAlert, elasticcContainer } from '../fixtures/alert-packets.ts'
import { plainAlert } from '../fixtures/plain-alerts.ts'

export interface HostileBody {
  name: string
  method: 'POST' | 'PUT'
  path: string
  headers?: Record<string, string>
  body: () => Buffer | string
  /** Statuses that are right. */
  statuses: readonly number[]
}

const MIB = 2 ** 20
const many = (count: number, text: (k: number) => string): string => Array.from({ length: count }, (_, k) => text(k)).join(',')
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const JSON_TYPE = { 'content-type': 'application/json' }

/** Of the length that the route takes. */
const jsonBodies = (length: number): Array<[name: string, body: () => string]> => [
  ['5,000 lists within each other', () => nested(5000)],
  ['5,000 objects within each other', () => '{"a":'.repeat(5000) + '1' + '}'.repeat(5000)],
  ['nested lists', () => nested(length / 2)],
  ['lists that are not closed', () => '['.repeat(length)],
  ['nested objects', () => '{"a":'.repeat(length / 6) + '1' + '}'.repeat(length / 6)],
  ['nested lists and objects', () => '{"a":['.repeat(length / 8) + ']}'.repeat(length / 8)],
  ['numbers', () => `[${'1,'.repeat(length / 2 - 2)}1]`],
  ['empty objects', () => `{"objects":[${'{},'.repeat(length / 3 - 8)}{}]}`],
  ['objects of which no two are alike', () => `{"objects":[${many(length / 20, k => `{"k${k}":1}`)}]}`],
  ['an object of a hundred thousands of names', () => `{${many(length / 20, k => `"k${k}":1`)}}`],
  ['digits', () => `{"redshift":${'9'.repeat(length - 20)}}`],
  ['an exponent', () => '{"redshift":1e999999}'],
  ['a long text', () => `{"redshift":"${'x'.repeat(length - 20)}"}`],
  ['quotes that are escaped', () => `{"redshift":"${'\\"'.repeat(length / 2 - 10)}"}`],
  ['white space', () => `${' '.repeat(length - 2)}{}`]
]

const ROUTES = [['POST', '/v1/classify', 4 * MIB], ['PUT', '/v1/objects/1/host', MIB], ['POST', '/v1/rebuild', MIB], ['POST', '/v1/archives', MIB], ['POST', '/v1/archives/restore', MIB], ['POST', '/v1/dead-letters/replay', MIB], ['POST', '/v1/dead-letters/discard', MIB]] as const

/** A container with one block of its own compression. */
function withBlock (codec: string, stored: Buffer): Buffer {
  const whole = elasticcContainer([[elasticcAlert()]])
  const name = Buffer.from('\x14avro.codec\x08null', 'latin1')
  const at = whole.indexOf(name)
  const plain = at < 0 ? whole : Buffer.concat([whole.subarray(0, at), Buffer.from('\x14avro.codec', 'latin1'), long(codec.length), Buffer.from(codec), whole.subarray(at + name.length)])
  const sync = plain.subarray(-16)
  const header = plain.subarray(0, plain.indexOf(sync) + 16)
  return Buffer.concat([header, long(1), long(stored.length), stored, sync])
}

/** A long of Avro: zigzag, seven bits a byte. */
function long (value: number): Buffer {
  const bytes: number[] = []
  for (value *= 2; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Buffer.from([...bytes, value])
}

/** The header of a container with this schema, and one block of a byte. */
function withSchema (schema: string, meta = 1): Buffer {
  const entry = (name: string, value: string): Buffer => Buffer.concat([long(name.length), Buffer.from(name), long(Buffer.byteLength(value)), Buffer.from(value)])
  const others = Array.from({ length: meta - 1 }, (_, k) => entry(`k${k}`, ''))
  const sync = Buffer.alloc(16, 7)
  return Buffer.concat([Buffer.from('Obj\x01', 'latin1'), long(meta), entry('avro.schema', schema), ...others, long(0), sync, long(1), long(1), Buffer.from([0]), sync])
}
const recordOf = (fields: string): string => `{"type":"record","name":"alert","fields":[{"name":"diaSource","type":{"type":"record","name":"s","fields":[{"name":"midPointTai","type":"double"}${fields}]}}]}`

function snappy (bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return Buffer.concat([snappyCompress(bytes), sum])
}

const alertBodies: Array<[name: string, body: () => Buffer | string, headers?: Record<string, string>]> = [
  ['a list of 32 million numbers', () => `[${'1,'.repeat(32 * MIB - 2)}1]`],
  ['a million lines of rubbish', () => `{"a":1}\n${'rubbish\n{\n'.repeat(500_000)}`],
  ['a list without a value', () => `[${','.repeat(8 * MIB)}]`],
  ['16 million lists that are not closed', () => '['.repeat(16 * MIB)],
  ['16 million objects that are not closed', () => '{"a":'.repeat(3 * MIB)],
  ['blank lines', () => `{"a":1}\n{${'\n'.repeat(8 * MIB)}`],
  ['blanks', () => `${' '.repeat(32 * MIB)}[1]`],
  ['bad points', () => JSON.stringify({ ...plainAlert(), points: Array.from({ length: 20_000 }, () => ({ band: 5 })) })],
  ['points with names of their own', () => `{"diaObjectId":"1","diaSourceId":"1","ra":1,"dec":1,"points":[${many(15_000, k => `{"midpointMjdTai":6e4,"band":"r","psfFlux":1,"psfFluxErr":1,"x${k}":1,"y${k}":1}`)}]}`],
  ['an id of 16 million digits', () => `{"diaObjectId":${'9'.repeat(16 * MIB - 100)}}`],
  ['an id of 16 million characters', () => `{"diaObjectId":"${'9'.repeat(16 * MIB - 100)}"}`],
  ['a deflated block of 1 GiB', () => withBlock('deflate', deflateRawSync(Buffer.alloc(1024 * MIB)))],
  ['a deflated block of 64 MiB', () => withBlock('deflate', deflateRawSync(Buffer.alloc(64 * MIB)))],
  ['a snappy block of 60 MiB', () => withBlock('snappy', snappy(Buffer.alloc(60 * MIB)))],
  ['a snappy block of 16 MiB', () => withBlock('snappy', snappy(Buffer.alloc(16 * MIB)))],
  ['a schema of 50,000 fields', () => withSchema(recordOf(`,${many(50_000, k => `{"name":"f${k}","type":["null","double"]}`)}`))],
  ['a schema of 2,000 fields', () => withSchema(recordOf(`,${many(2000, k => `{"name":"f${k}","type":"double"}`)}`))],
  ['a schema of 5,000 levels', () => withSchema(recordOf(`,{"name":"d","type":${'{"type":"array","items":'.repeat(5000)}"double"${'}'.repeat(5000)}}`))],
  ['a union of 5,000 records', () => withSchema(recordOf(`,{"name":"u","type":[${many(5000, k => `{"type":"record","name":"r${k}","fields":[]}`)}]}`))],
  ['an enum of 50,000 symbols', () => withSchema(recordOf(`,{"name":"e","type":{"type":"enum","name":"e","symbols":[${many(50_000, k => `"S${k}"`)}]}}`))],
  ['a header of a million entries', () => withSchema(recordOf(''), 1_000_000)],
  ['a bomb in gzip', () => gzipSync(Buffer.alloc(1024 * MIB)), { 'content-encoding': 'gzip' }],
  ['a bomb in brotli', () => brotliCompressSync(Buffer.alloc(1024 * MIB)), { 'content-encoding': 'br' }],
  ['64 MiB of blanks in gzip, twice', () => gzipSync(gzipSync(Buffer.alloc(64 * MIB - 10, ' '))), { 'content-encoding': 'gzip, gzip' }]
]

/** Tables, and forms, that are taken for what they are by their beginning. */
const tableBodies: Array<[name: string, body: () => Buffer | string, headers?: Record<string, string>]> = [
  ['a table of a million rows', () => `mjd,band,mag,magerr\n${'59500.25,r,20.1,0.1\n'.repeat(1_000_000)}`],
  ['a table of a million objects', () => `oid,mjd,band,mag,magerr\n${Array.from({ length: 700_000 }, (_, k) => `o${k},59500.25,r,20.1,0.1\n`).join('')}`],
  ['a table with a line of 60 MiB', () => `mjd,band,mag,magerr\n${'x'.repeat(60 * MIB)}`],
  ['a table with a quote that is not closed', () => `mjd,band,mag,magerr\n"${'x\n'.repeat(30 * MIB)}`],
  ['a table of empty lines', () => `mjd,band,mag,magerr\n59500.25,r,20.1,0.1\n${'\n'.repeat(60 * MIB)}`],
  ['a table of commas', () => `mjd,band,mag,magerr\n${`${','.repeat(900_000)}\n`.repeat(60)}`],
  ['a table between blanks of blanks', () => `mjd band mag magerr\n59500.25 r 20.1 0.1\n${`${' '.repeat(900_000)}x\n`.repeat(60)}`],
  ['a table of 10,000 columns', () => `${many(10_000, k => `c${k}`)}\n${many(10_000, () => '1')}\n`],
  ['an ECSV table with a long header', () => `# %ECSV 1.0\n# ---\n# datatype:\n${'# - {name: a, datatype: float64}\n'.repeat(2000)}a b\n1 2\n`],
  ['a VOTable of rows that are not closed', () => `<?xml version="1.0"?><VOTABLE><RESOURCE><TABLE><FIELD name="mjd"/><DATA><TABLEDATA>${'<TR>'.repeat(10 * MIB)}`],
  ['a VOTable of a million rows', () => `<VOTABLE><RESOURCE><TABLE><FIELD name="mjd"/><DATA><TABLEDATA>${'<TR><TD>1</TD></TR>'.repeat(1_000_000)}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`],
  ['a VOTable of 20,000 levels', () => `<VOTABLE>${'<RESOURCE>'.repeat(20_000)}<TABLE><FIELD name="mjd"/><DATA><TABLEDATA/></DATA>`],
  ['a VOTable with 10,000 fields', () => `<VOTABLE><RESOURCE><TABLE>${'<FIELD name="mjd" datatype="double"/>'.repeat(10_000)}<DATA><TABLEDATA></TABLEDATA></DATA>`],
  ['a form of a part of 60 MiB', () => `--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${'x'.repeat(60 * MIB)}\r\n--b--\r\n`, { 'content-type': 'multipart/form-data; boundary=b' }],
  ['a form of boundaries', () => '--b\r\n\r\n'.repeat(6 * MIB), { 'content-type': 'multipart/form-data; boundary=b' }],
  ['a form of line ends', () => `--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${'\r\n-'.repeat(15 * MIB)}`, { 'content-type': 'multipart/form-data; boundary=b' }]
]

/** Every hostile body at every route that it may hurt. */
export const HOSTILE: readonly HostileBody[] = [
  ...ROUTES.flatMap(([method, path, length]) => jsonBodies(length).map(([name, body]): HostileBody => ({ name, method, path, headers: JSON_TYPE, body, statuses: name === 'white space' ? [200, 400] : [400, 413] }))),
  ...jsonBodies(4 * MIB).map(([name, body]): HostileBody => ({ name, method: 'POST', path: '/v1/alerts', body, statuses: [200] })),
  ...alertBodies.map(([name, body, headers = {}]): HostileBody => ({ name, method: 'POST', path: '/v1/alerts', headers, body, statuses: [200, 413] })),
  ...tableBodies.map(([name, body, headers = {}]): HostileBody => ({ name, method: 'POST', path: '/v1/alerts?object=a', headers, body, statuses: [200, 400] }))
]

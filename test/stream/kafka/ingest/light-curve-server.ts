/** A service for light curves that behaves as told. Light curves and announcements in the forms of ALeRCE, made here. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import avsc from 'avsc'

export interface Asked { path: string, headers: NodeJS.Dict<string | string[]>, response: ServerResponse, count: number }
export interface Answer { status?: number, body?: string | Buffer, headers?: Record<string, string> }
export type Answering = (asked: Asked) => Answer | 'silence' | Promise<Answer | 'silence'>

export interface LightCurveServer {
  url: string
  port: number
  asked: string[]
  /** Most requests that were under way at the same time. */
  most: number
  answer: Answering
  stop (): Promise<void>
}

/** @param port 0 for any */
export async function lightCurveServer (t: Pick<TestContext, 'after'>, answer: Answering, port = 0): Promise<LightCurveServer> {
  const asked: string[] = []
  let underWay = 0
  const server = createServer(async (request, response) => {
    const path = request.url!
    asked.push(path)
    service.most = Math.max(service.most, ++underWay)
    response.once('close', () => underWay--)
    const given = await service.answer({ path, headers: request.headers, response, count: asked.filter(one => one === path).length })
    if (given !== 'silence') response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers }).end(given.body ?? '')
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  t.after(stop)
  const at = (server.address() as AddressInfo).port
  const service: LightCurveServer = { url: `http://127.0.0.1:${at}`, port: at, asked, most: 0, answer, stop }
  return service
}

const container = (schema: object, record: object): Promise<Buffer> => new Promise((resolve, reject) => {
  const encoder = new avsc.streams.BlockEncoder(schema as avsc.Schema)
  const chunks: Buffer[] = []
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks))).on('error', reject)
  encoder.end(record)
})

/** A message of ALeRCE's stamp classifier. */
export const stampOf = (objectId: string, candid = 12): Promise<Buffer> => container({
  type: 'record',
  name: 'stamp_probabilities',
  fields: [
    { name: 'objectId', type: 'string' },
    { name: 'candid', type: 'long' },
    { name: 'probabilities', type: { type: 'record', name: 'probabilities', fields: ['SN', 'AGN', 'bogus'].map(name => ({ name, type: 'float' })) } }
  ]
}, { objectId, candid, probabilities: { SN: 0.75, AGN: 0.125, bogus: 0.125 } })

/** One of Rubin's stamps; object 0 is a body of the solar system. */
export const rubinStampOf = (diaObjectId: number, ssObjectId = 0): Promise<Buffer> => container({
  type: 'record',
  name: 'lsst_stamp_classification',
  fields: [
    ...['diaObjectId', 'ssObjectId', 'diaSourceId'].map(name => ({ name, type: 'long' })),
    { name: 'probabilities', type: { type: 'map', values: 'double' } },
    ...['midpointMjdTai', 'ra', 'dec'].map(name => ({ name, type: 'double' }))
  ]
}, { diaObjectId, ssObjectId, diaSourceId: 99, probabilities: { SN: 0.9 }, midpointMjdTai: 61100.2, ra: 10, dec: -20 })

/** What version 1 of ALeRCE's service answers: it does not name the object. */
export const ztfAnswer = (detections = 3): string => JSON.stringify({
  detections: Array.from({ length: detections }, (_, k) => ({
    mjd: 59400 + k, candid: `${1000 + k}`, fid: 1 + k % 2, pid: 5000 + k, magpsf: 18.5, sigmapsf: 0.05, magpsf_corr: 15, isdiffpos: k === 0 ? -1 : 1, ra: 150.1, dec: 2.2, rb: 0.9, drb: null
  })),
  non_detections: [{ mjd: 59390, fid: 2, diffmaglim: 20.4 }]
})

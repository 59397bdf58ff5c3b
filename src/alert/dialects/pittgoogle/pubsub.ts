/**
 * Envelopes in which Google Pub/Sub pushes messages to an HTTP address: `{"message": {"data", "attributes"}, "subscription"}`,
 * the message as base64, of 4 MiB at most, as any text in JSON. Whatever the message is, a dialect of its own reads it, with the attributes as its headers.
 */
import { CandelaError } from '../../../errors.ts'
import type { JsonDialect, Reading } from '../../dialect.ts'
import type { Alert } from '../../alert.ts'
import type { Carrier } from '../../given.ts'
import { isRecord } from '../../json/fields.ts'

/** Attributes that a message may have there. */
const MOST_ATTRIBUTES = 100
const MOST_TEXT = 1024
/** Of four characters each; some libraries write the letters that are safe in addresses. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

interface Message { data?: unknown, attributes?: unknown }

const messageIn = (document: object): Message | undefined => {
  const { message } = document as { message?: unknown }
  return isRecord(message) && ('data' in message || 'attributes' in message) ? message : undefined
}

/** @throws CandelaError 'base64-invalid', 'alert-incomplete' */
function bytesIn ({ data }: Message): Buffer {
  if (data === undefined || data === null || data === '') {
    throw new CandelaError('alert-incomplete', 'the message of the envelope has no data', { action: 'Subscribe to a topic of alerts: messages of attributes alone have no light curve.' })
  }
  if (typeof data !== 'string') throw notBase64(`data is ${Array.isArray(data) ? 'a list' : typeof data}, expected a text`)
  const text = data.trim()
  if (!BASE64.test(text) || text.replace(/=+$/, '').length % 4 === 1) throw notBase64('data is no base64')
  return Buffer.from(text, 'base64')
}

const notBase64 = (what: string): CandelaError => new CandelaError('base64-invalid', `the message of the envelope cannot be decoded: ${what}`, {
  action: 'The envelope is damaged, or was not made by Pub/Sub: its message.data is the alert in base64.'
})

const short = (value: unknown): value is string => typeof value === 'string' && value.length <= MOST_TEXT

function headersIn ({ attributes }: Message): Carrier['headers'] {
  if (!isRecord(attributes)) return {}
  return Object.fromEntries(Object.entries(attributes).slice(0, MOST_ATTRIBUTES).flatMap(([name, value]) => short(value) ? [[name, Buffer.from(value)]] : []))
}

async function alertsIn (document: object, { given, decode }: Reading): Promise<readonly Alert[]> {
  const message = messageIn(document)!
  const { subscription } = document as { subscription?: unknown }
  const bytes = bytesIn(message)
  return await decode(bytes, { ...given, carrier: { topic: short(subscription) ? subscription : 'Pub/Sub', key: null, headers: headersIn(message) } })
}

export const pubsub: JsonDialect = { name: 'pittgoogle', isEnvelope: true, matches: document => messageIn(document) !== undefined, alerts: alertsIn }

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import { watchContact } from '../../../src/stream/kafka/group/broker-contact.ts'
import { clientOf } from '../../e2e/kafka/broker.ts'

test('a member that waits for the others to join says nothing of its brokers; one that hears nothing behind that does', t => {
  // A group that takes its time, without the time: kafkajs's names of its events, a clock that is set.
  const { events } = clientOf('localhost:1').consumer({ groupId: 'any' })
  const emitter = new EventEmitter()
  const on = (name: string, listener: () => void) => {
    emitter.on(name, listener)
    return () => emitter.off(name, listener)
  }
  t.mock.timers.enable({ apis: ['setInterval'] })
  let now = 0
  const contact = watchContact({ events, on } as unknown as kafkajs.Consumer, { brokers: ['localhost:9092'], onLost: () => {}, onBack: () => {}, onGivenUp: () => {}, onEnd: () => {}, now: () => now })
  const wait = (seconds: number): void => {
    for (let k = 0; k < seconds; k++) {
      now += 1000
      t.mock.timers.tick(1000)
    }
  }
  wait(60)
  assert.equal(contact.trouble(), null, 'it joins for the first time')
  emitter.emit(events.GROUP_JOIN)
  wait(9)
  emitter.emit(events.REBALANCING)
  wait(60)
  assert.equal(contact.trouble(), null, 'it joins again')
  emitter.emit(events.GROUP_JOIN)
  wait(11)
  assert.equal(contact.trouble()?.code, 'kafka-unreachable')
  emitter.emit(events.HEARTBEAT)
  assert.equal(contact.trouble(), null)
  emitter.emit(events.REBALANCING)
  wait(80)
  assert.equal(contact.trouble()?.code, 'kafka-unreachable', 'no group takes so long')
  contact.stop()
})

import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { scriptOf } from '../../compiled.ts'
import { needs } from '../../parts.ts'

// With oneDNN's matrix products the process aborted with a corrupted heap after a few signals.
test('a signal that is handled while TensorFlow multiplies matrices does not break the process', async t => {
  if (!needs(t, 'tensorflow')) return
  const signals = 200
  const { execArgv, file } = scriptOf(new URL('steps-until-signalled.ts', import.meta.url))
  const child = fork(file, [String(signals)], { execArgv })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  const sending = setInterval(() => child.kill('SIGHUP'), 1)
  t.after(() => clearInterval(sending))
  const exit = once(child, 'exit')
  const done = await Promise.race([once(child, 'message'), exit])
  clearInterval(sending)
  assert.deepEqual(done, ['done', undefined], 'it handled all signals')
  child.send('end')
  const [status, signal] = await exit
  assert.deepEqual([status, signal], [0, null])
})

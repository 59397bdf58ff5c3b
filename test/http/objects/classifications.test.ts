import assert from 'node:assert/strict'
import test from 'node:test'
import type { Classification } from '../../../src/state/views.ts'
import { EPOCH, openService } from '../service.ts'

interface History { diaObjectId: string, asOf: string | null, classifications: Classification[] }
const path = '/v1/objects/313934342374881341/classifications'

test('the published history, oldest first, and what stood at a time', async t => {
  const { ask, observe } = await openService(t)
  await observe('313934342374881341', 1)
  await observe('313934342374881341', 1, { firstNight: 5 })
  await observe('313934342374881341', 1, { firstNight: 2 })

  const whole = (await ask(path)).json<History>()
  assert.equal(whole.diaObjectId, '313934342374881341')
  assert.equal(whole.asOf, null)
  assert.deepEqual(whole.classifications.map(({ epochs, revision, midpointMjdTai, publishedAt }) => [epochs, revision, midpointMjdTai, Date.parse(publishedAt) - EPOCH]), [
    [1, 0, 60000, 1000],
    [2, 0, 60005, 2000],
    [3, 1, 60005, 3000]
  ])

  const asOf = new Date(EPOCH + 2500).toISOString()
  const earlier = (await ask(`${path}?asOf=${asOf}`)).json<History>()
  assert.equal(earlier.asOf, asOf)
  assert.deepEqual(earlier.classifications, whole.classifications.slice(0, 2))
  assert.deepEqual((await ask(`${path}?asOf=2026-04-30T00:00:00Z`)).json<History>().classifications, [])
})

test('a time that is none and an unknown object are refused', async t => {
  const { ask, observe } = await openService(t)
  assert.equal((await ask(path)).statusCode, 404)
  await observe('313934342374881341', 1)
  const wrong = await ask(`${path}?asOf=1777593600`)
  assert.equal(wrong.statusCode, 400)
  assert.equal(wrong.json<{ errors: Array<{ parameter: string }> }>().errors[0]!.parameter, 'asOf')
})

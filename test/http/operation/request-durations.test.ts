import assert from 'node:assert/strict'
import test from 'node:test'
import { familiesOf } from './exposition.ts'
import { openService } from '../service.ts'

test('requests are counted by method, template of the route and status', async t => {
  const { app, observe } = await openService(t)
  await observe('1', 1)
  for (const url of ['/v1/objects/1', '/v1/objects/1', '/v1/objects/2', '/v1/objects?limit=none']) await app.inject(url)
  for (const url of ['/nothing', '/nothing/else', '/v1/objects/%E0%A4%A']) await app.inject(url)
  await app.inject({ method: 'DELETE', url: '/v1/models' })
  await app.inject({ method: 'HEAD', url: '/health/live' })
  const { samples } = familiesOf((await app.inject('/metrics')).body).get('candela_http_request_duration_seconds')!
  const counts = [...samples].filter(([name]) => name.includes('_count{')).map(([name, count]) => [/\{(.*)\}/.exec(name)![1], count]).sort()
  assert.deepEqual(counts, [
    ['method="DELETE",route="/v1/models",status="405"', 1],
    ['method="GET",route="",status="404"', 2],
    ['method="GET",route="/v1/objects",status="400"', 1],
    ['method="GET",route="/v1/objects/:diaObjectId",status="200"', 2],
    ['method="GET",route="/v1/objects/:diaObjectId",status="404"', 1],
    ['method="HEAD",route="/health/live",status="200"', 1]
  ])
})

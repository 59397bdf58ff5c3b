/** The histogram of request durations by route, for /metrics. */
import type { FastifyInstance } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

/** Its requests last as long as their clients stay; stream.ts measures them. */
const UNENDING = '/v1/stream'

/** Measures the requests of the routes that are registered afterwards. */
export function measureRequests (app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'candela_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry]
  })
  app.addHook('onResponse', ({ method, routeOptions: { url: route = '' } }, reply, done) => {
    if (route !== UNENDING || reply.statusCode >= 400) duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })
}

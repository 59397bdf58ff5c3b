/** Metrics of the process itself: memory, CPU, garbage collection, the event loop, under prom-client's own names. */
import { collectDefaultMetrics, Registry } from 'prom-client'

/** Gauges whose names end as those of counters do; nodejs_active_handles and others have the same by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** Made once: the process has one event loop to measure. */
export function processMetrics (): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  return registry
}

/** The manifests of deploy/kubernetes, as an operator would trip over them. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'
import { readSettings, ROLES, SETTINGS } from '../../src/config.ts'
import { securityOf } from '../../src/stream/kafka/client/security.ts'
import { VERSION } from '../../src/version.ts'
import { wholeDocument } from '../../schemas/openapi.ts'

const folder = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml')).sort()

type Labels = Record<string, string>
interface Probe { httpGet: { path: string, port: string }, periodSeconds: number, failureThreshold: number }
interface PodContainer {
  image: string
  args: string[]
  env?: Array<{ name: string }>
  envFrom: Array<{ configMapRef: { name: string } }>
  ports: Array<{ name: string, containerPort: number }>
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  resources: { requests: Labels, limits: Labels }
  securityContext: object
  volumeMounts: Array<{ name: string, mountPath: string }>
}
interface Pod {
  enableServiceLinks: boolean
  automountServiceAccountToken: boolean
  terminationGracePeriodSeconds: number
  securityContext: Record<string, unknown>
  containers: PodContainer[]
  volumes: Array<{ name: string }>
}
interface Workload {
  replicas: number
  serviceName?: string
  selector: { matchLabels: Labels }
  template: { metadata: { labels: Labels }, spec: Pod }
  volumeClaimTemplates?: Array<{ metadata: { name: string } }>
}
interface Manifest { apiVersion: string, kind: string, metadata: { name: string, labels?: Labels }, spec: unknown }
interface Kustomization { kind: string, resources: string[], images?: Array<{ name: string, newTag: string }>, configMapGenerator?: Array<{ name: string, literals: string[] }> }

const manifests = files.filter(name => !name.endsWith('kustomization.yaml')).flatMap(name => parseAllDocuments(readFileSync(join(folder, name), 'utf8'), { strict: true, uniqueKeys: true })
  .map(document => {
    assert.deepEqual([...document.errors, ...document.warnings], [], name)
    return document.toJS() as Manifest
  }))
const kustomization = parse(readFileSync(join(folder, 'base', 'kustomization.yaml'), 'utf8')) as Kustomization

const ofKind = <Spec>(...kinds: string[]): Array<{ kind: string, name: string, labels: Labels, spec: Spec }> =>
  manifests.filter(({ kind }) => kinds.includes(kind)).map(({ kind, metadata: { name, labels = {} }, spec }) => ({ kind, name, labels, spec: spec as Spec }))
const workloads = ofKind<Workload>('Deployment', 'StatefulSet').map(({ spec, ...rest }) => {
  const { template: { metadata: { labels: podLabels }, spec: pod } } = spec
  return { ...rest, spec, podLabels, pod, container: pod.containers[0]! }
})
const component = 'app.kubernetes.io/component'
const selects = (selector: Labels, labels: Labels): boolean => Object.entries(selector).every(([name, value]) => labels[name] === value)

test('every file is listed by a kustomization, and everything that one lists is there', () => {
  const listed = files.filter(name => name.endsWith('kustomization.yaml')).flatMap(name =>
    (parse(readFileSync(join(folder, name), 'utf8')) as Kustomization).resources.map(resource => normalize(join(dirname(name), resource))))
  assert.deepEqual(listed.filter(name => name !== 'base').sort(), files.filter(name => !name.endsWith('kustomization.yaml')))
  assert.ok(manifests.length >= 13, `${manifests.length} manifests`)
  assert.equal(new Set(manifests.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).size, manifests.length, 'a name stands twice')
})

test('there is one workload for each role, in the image of this version', () => {
  assert.deepEqual(workloads.map(({ container }) => container.args.join(' ')).sort(), ROLES.filter(role => role !== 'all').map(role => `serve --role ${role}`).sort())
  assert.deepEqual(kustomization.images, [{ name: 'candela', newTag: VERSION }])
  for (const { container, pod } of workloads) assert.deepEqual([container.image, pod.containers.length], ['candela', 1])
})

test('every variable is a setting of Candela, and together they are settings that fit each other', () => {
  const [settings] = kustomization.configMapGenerator!
  const env = Object.fromEntries(settings!.literals.map(literal => literal.split(/=(.*)/s, 2) as [string, string]))
  const known = SETTINGS.map(({ variable }) => variable)
  for (const name of [...Object.keys(env), ...workloads.flatMap(({ container }) => container.env ?? []).map(({ name }) => name)]) assert.ok(known.includes(name), name)
  for (const { name, container, pod } of workloads) {
    assert.deepEqual(container.envFrom, [{ configMapRef: { name: settings!.name } }], name)
    assert.equal(pod.enableServiceLinks, false, `${name}: the service candela-http would set CANDELA_HTTP_PORT`)
  }
  const read = readSettings({}, { env })
  const mounted = '/run/secrets/candela/'
  for (const path of [read.kafkaTlsCa, read.kafkaSaslPasswordFile]) assert.ok(path.startsWith(mounted), path)
  assert.throws(() => securityOf(read), { code: 'file-unreadable' }, 'nothing but the files is missing')
  for (const { name, container } of workloads) assert.ok(container.volumeMounts.some(({ mountPath }) => `${mountPath}/` === mounted), name)
})

test('probes ask for paths that are served, at the port that is listened on, and leave a start and a stop their time', async () => {
  const { paths } = await wholeDocument()
  const port = SETTINGS.find(({ name }) => name === 'httpPort')!.initial
  for (const { name, container, pod } of workloads) {
    const { startupProbe, livenessProbe, readinessProbe } = container
    assert.deepEqual(container.ports.map(({ name, containerPort }) => [name, containerPort]), [['http', port]], name)
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
      assert.ok(Object.hasOwn(paths, httpGet.path), `${name}: ${httpGet.path}`)
      assert.equal(httpGet.port, 'http')
    }
    // A process that restores or waits for Kafka lives: only readiness may depend on these.
    assert.deepEqual([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path), ['/health/live', '/health/live', '/health/ready'], name)
    assert.ok(startupProbe.periodSeconds * startupProbe.failureThreshold >= 60, name)
    assert.ok(pod.terminationGracePeriodSeconds >= 15, name)
  }
})

test('processes run as nobody, with nothing to write to but their data', () => {
  for (const { name, pod, container, spec } of workloads) {
    assert.equal(pod.automountServiceAccountToken, false, name)
    const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext
    assert.deepEqual({ runAsNonRoot, runAsUser, seccompProfile }, { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } }, name)
    assert.deepEqual(container.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }, name)
    assert.ok(container.resources.requests['cpu'] && container.resources.requests['memory'] && container.resources.limits['memory'], name)
    const volumes = [...pod.volumes.map(({ name }) => name), ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)]
    assert.deepEqual(container.volumeMounts.map(({ name }) => name).sort(), volumes.sort(), name)
    assert.ok(container.volumeMounts.some(({ mountPath }) => mountPath === '/data'), name)
  }
})

test('selectors and labels match: workloads, services, budgets, policies and the scaler', () => {
  for (const { name, spec, podLabels } of workloads) {
    assert.ok(selects(spec.selector.matchLabels, podLabels), name)
    assert.equal(workloads.filter(one => selects(spec.selector.matchLabels, one.podLabels)).length, 1, `${name} selects others' pods`)
    if (spec.serviceName !== undefined) assert.ok(ofKind('Service').some(service => service.name === spec.serviceName), `${name}: no service ${spec.serviceName}`)
  }
  const podsOf = (selector: Labels): string[] => workloads.filter(({ podLabels }) => selects(selector, podLabels)).map(({ podLabels }) => podLabels[component]!)
  for (const { name, spec } of ofKind<{ selector: Labels, ports: Array<{ targetPort: string }> }>('Service')) {
    assert.deepEqual(podsOf(spec.selector).map(role => `candela-${role}`), [name])
    assert.ok(spec.ports.every(({ targetPort }) => targetPort === 'http'), name)
  }
  const budgets = ofKind<{ selector: { matchLabels: Labels }, maxUnavailable: number }>('PodDisruptionBudget')
  assert.deepEqual(budgets.flatMap(({ spec }) => podsOf(spec.selector.matchLabels)).sort(), workloads.map(({ podLabels }) => podLabels[component]!).sort())
  for (const { name, spec } of budgets) assert.equal(spec.maxUnavailable, 1, name)
  const policies = ofKind<{ podSelector: { matchLabels: Labels, matchExpressions?: Array<{ values: string[] }> } }>('NetworkPolicy')
  for (const { name, spec: { podSelector: { matchLabels, matchExpressions = [] } } } of policies) {
    const pods = podsOf(matchLabels)
    assert.ok(pods.length > 0 && matchExpressions.every(({ values }) => values.every(role => pods.includes(role))), name)
  }

  const [scaled] = ofKind<{ scaleTargetRef: { kind: string, name: string }, minReplicaCount: number, maxReplicaCount: number, triggers: Array<{ metadata: Labels }> }>('ScaledObject')
  const target = workloads.find(({ kind, name }) => kind === scaled!.spec.scaleTargetRef.kind && name === scaled!.spec.scaleTargetRef.name)!
  assert.deepEqual([target.podLabels[component], target.spec.replicas], ['classify', scaled!.spec.minReplicaCount])
  const { literals } = kustomization.configMapGenerator![0]!
  const read = readSettings({}, { env: Object.fromEntries(literals.map(literal => literal.split(/=(.*)/s, 2) as [string, string])) })
  assert.equal(scaled!.spec.maxReplicaCount, read.kafkaPartitions)
  const [{ metadata }] = scaled!.spec.triggers as [{ metadata: Labels }]
  assert.deepEqual([metadata['bootstrapServers'], metadata['consumerGroup'], metadata['topic']], [read.kafkaBrokers.join(), `${read.kafkaGroup}-classify`, `${read.kafkaPrefix}photometry`])
})

import boundaries from 'eslint-plugin-boundaries'
import importX from 'eslint-plugin-import-x'
import neostandard from 'neostandard'

const below = ['alert', 'light-curve', 'model']
const stateRooms = ['state', 'state/record', 'state/processor', 'state/storage', 'state/archive', 'state/dead-letters']
const kafkaRoles = ['state', 'state/record', 'state/processor', 'state/storage', 'stream', 'stream/outputs', 'stream/kafka', 'stream/kafka/client', 'stream/kafka/group']

/**
 * The dependency rule: alert ← light-curve ← model ← state ← stream. A room, that is a folder named here with what is
 * below it and has no name of its own, imports from itself and from the rooms in its list alone.
 */
const imports = {
  errors: [],
  'durable-files': [],
  config: [],
  alert: [],
  'light-curve': ['alert'],
  model: ['alert', 'light-curve'],
  // The folder itself holds the interface of the store and its views; record/ is what a store keeps of one object.
  state: [...below, 'state/record'],
  'state/record': [...below, 'state'],
  // The processor knows the interface of the store, the storage nothing of the processor.
  'state/processor': [...below, 'state', 'state/record'],
  'state/storage': [...below, 'state', 'state/record'],
  'state/dead-letters': [...below, 'state', 'state/processor'],
  'state/archive': [...below, 'state', 'state/record', 'state/processor', 'state/storage', 'state/dead-letters'],
  'state/check': [...below, 'state', 'state/record', 'state/processor', 'state/storage'],
  'state/migration': [...below, 'state', 'state/record', 'state/storage'],
  stream: [...below, 'state', 'state/processor'],
  'stream/outputs': [...below, 'state', 'stream'],
  'stream/kafka/client': ['alert'],
  'stream/kafka/group': ['stream', 'stream/kafka/client'],
  'stream/kafka': [...below, 'state', 'stream', 'stream/outputs', 'stream/kafka/client'],
  'stream/kafka/ingest': [...below, ...kafkaRoles],
  'stream/kafka/classify': [...below, ...kafkaRoles],
  'stream/kafka/query': [...below, ...kafkaRoles],
  // What HTTP changes goes through the processor, archives and dead letters; it knows nothing of what lies on the disk.
  http: ['alert', 'model', 'state', 'state/processor', 'state/archive', 'state/dead-letters'],
  // A page of plots and tables, whatever it is about.
  report: ['alert'],
  simulator: ['alert', 'light-curve'],
  'simulator/comparison': ['alert', 'light-curve', 'simulator', 'report'],
  training: [...below, 'report'],
  web: [],
  app: [...below, ...stateRooms, 'stream', 'stream/outputs', 'stream/kafka', 'stream/kafka/client', 'stream/kafka/group', 'stream/kafka/ingest', 'stream/kafka/classify', 'stream/kafka/query', 'http', 'simulator'],
  cli: [...below, ...stateRooms, 'state/check', 'state/migration', 'stream', 'stream/kafka', 'stream/kafka/client', 'http', 'simulator', 'simulator/comparison', 'training', 'app']
}
const files = { errors: 'src/(errors|shown-value).ts', 'durable-files': 'src/durable-files.ts', config: 'src/(config|kafka-settings|setting-rules).ts', app: 'src/(app.ts|version.ts|server/**)' }
/** The deepest first: an element is the first whose pattern fits. */
const elements = Object.keys(imports)
  .sort((a, b) => b.split('/').length - a.split('/').length)
  .map(type => ({ type, pattern: files[type] ?? `src/${type}/**`, partialMatch: false }))

export default [
  ...neostandard({ ts: true, ignores: ['dist', 'data', 'models'] }),
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import/resolver': { node: { extensions: ['.ts'] } },
      'boundaries/include': ['src/**/*.ts'],
      'boundaries/elements': elements
    },
    rules: {
      'boundaries/dependencies': ['error', {
        default: 'disallow',
        message: '{{from.element.type}} may not import {{to.element.type}}: see the dependency rule in docs/architecture.md',
        policies: Object.entries(imports).map(([type, allowed]) => ({
          from: { element: { type } },
          allow: [type, ...allowed, 'errors', 'durable-files', ...(type === 'errors' ? [] : ['config'])].map(type => ({ to: { element: { type } } }))
        }))
      }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-explicit-any': 'error'
    }
  }
]

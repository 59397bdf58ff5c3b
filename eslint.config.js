import boundaries from 'eslint-plugin-boundaries'
import importX from 'eslint-plugin-import-x'
import neostandard from 'neostandard'

const anywhere = ['errors', 'config']
/** design: alert ← light-curve ← model ← state ← stream; a folder imports only from its left. */
const leftOf = {
  config: ['errors'],
  errors: [],
  alert: [],
  'light-curve': ['alert'],
  model: ['alert', 'light-curve'],
  state: ['alert', 'light-curve', 'model'],
  stream: ['alert', 'light-curve', 'model', 'state'],
  http: ['alert', 'model', 'state'],
  simulator: ['alert', 'light-curve'],
  training: ['alert', 'light-curve', 'model'],
  web: [],
  cli: ['alert', 'light-curve', 'model', 'state', 'stream', 'http', 'simulator', 'training', 'app'],
  app: ['alert', 'light-curve', 'model', 'state', 'stream', 'http', 'simulator']
}

export default [
  ...neostandard({ ts: true, ignores: ['dist', 'data', 'models'] }),
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import/resolver': { node: { extensions: ['.ts'] } },
      'boundaries/include': ['src/**/*.ts'],
      'boundaries/elements': [
        { type: 'errors', pattern: 'src/errors.ts', partialMatch: false },
        { type: 'config', pattern: 'src/(config|kafka-settings|setting-rules).ts', partialMatch: false },
        { type: 'app', pattern: 'src/(app.ts|version.ts|server/**)', partialMatch: false },
        ...Object.keys(leftOf).filter(type => !['errors', 'config', 'app'].includes(type))
          .map(type => ({ type, pattern: `src/${type}/**`, partialMatch: false }))
      ]
    },
    rules: {
      'boundaries/dependencies': ['error', {
        default: 'disallow',
        message: '{{from.element.type}} may not import {{to.element.type}}: see the dependency rule in README.md',
        policies: Object.entries(leftOf).map(([type, allowed]) => ({
          from: { element: { type } },
          allow: [type, ...allowed, ...(type === 'errors' ? [] : anywhere)].map(type => ({ to: { element: { type } } }))
        }))
      }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-explicit-any': 'error'
    }
  }
]

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
  ...neostandard({ ts: true, ignores: ['dist', 'node_modules', 'data', 'models'] }),
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import/resolver': { node: { extensions: ['.ts'] } },
      'boundaries/include': ['src/**/*.ts'],
      'boundaries/elements': [
        { type: 'errors', pattern: 'src/errors.ts', mode: 'full' },
        { type: 'config', pattern: 'src/config.ts', mode: 'full' },
        { type: 'app', pattern: 'src/(app|server).ts', mode: 'full' },
        ...Object.keys(leftOf).filter(type => !['errors', 'config', 'app'].includes(type))
          .map(type => ({ type, pattern: `src/${type}/**`, mode: 'full' }))
      ]
    },
    rules: {
      'boundaries/element-types': ['error', {
        default: 'disallow',
        message: '{{file.type}} may not import {{dependency.type}}: see the dependency rule in README.md',
        rules: Object.entries(leftOf).map(([from, allow]) => ({ from, allow: [from, ...allow, ...(from === 'errors' ? [] : anywhere)] }))
      }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-explicit-any': 'error'
    }
  }
]

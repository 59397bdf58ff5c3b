import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Licences that an Apache-2.0 program may ship. */
const TAKEN = /^(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)$/

interface Component { name: string, version: string, licenses?: Array<{ license?: { id?: string, name?: string }, expression?: string }> }

const licencesOf = ({ licenses = [] }: Component): string[] => licenses.flatMap(({ license, expression }) =>
  expression === undefined ? license?.id ?? license?.name ?? 'none' : expression.replace(/[()]/g, '').split(/ AND /))

test('everything that is shipped has a licence that allows it', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], { cwd: fileURLToPath(new URL('../..', import.meta.url)), maxBuffer: 64 * 1024 * 1024 })
  const { components } = JSON.parse(stdout) as { components: Component[] }
  assert.ok(components.length > 100, `${components.length} components`)
  const refused = components.filter(component => licencesOf(component).length === 0 || !licencesOf(component).every(licence => TAKEN.test(licence)))
  assert.deepEqual(refused.map(component => `${component.name}@${component.version}: ${licencesOf(component).join(', ') || 'none'}`), [])
})

/** `npm run bench`: every benchmark of this folder, or those named, each in a process of its own. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const wanted = process.argv.slice(2)
const files = readdirSync(folder).filter(name => name.endsWith('.ts') && !['run.ts', 'comparison.ts'].includes(name))
  .filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))
for (const file of files.sort()) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', `${folder}${file}`], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { BUILT_PROGRAM } from '../compiled.ts'

test('help whose reader has gone ends without a word', async () => {
  const help = spawn(process.execPath, [BUILT_PROGRAM, 'simulate', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  help.stdout.destroy()
  let said = ''
  help.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
  const [code] = await once(help, 'close') as [number]
  assert.deepEqual([code, said], [0, ''])
})

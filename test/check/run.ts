/**
 * `npm run damage [-- --copies N] [--objects N] [--seed N]`: copies of a data folder, each damaged at one place, through
 * `candela check`. Exit code 1 where a check crashed or hung, or ended with a stack.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCampaign, type Noticed } from './campaign.ts'
import { fillFolder } from './damaged-folder.ts'

const count = (text: string): number => /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`'${text}' is not a whole number of at least 1`, { exitCode: 2 })
program.option('--copies <n>', 'damaged copies', count, 300).option('--objects <n>', 'objects of the folder', count, 2000).option('--seed <n>', 'decides the damage', count, 1).parse()
const { copies, objects, seed } = program.opts<{ copies: number, objects: number, seed: number }>()

const folder = mkdtempSync(join(tmpdir(), 'candela-damage-'))
try {
  await fillFolder(folder, objects)
  let done = 0
  const began = performance.now()
  const judged = await runCampaign({
    folder,
    copies,
    seed,
    onCopy ({ damage, noticed, details }) {
      const left = (performance.now() - began) / ++done * (copies - done) / 1000
      process.stderr.write(`${done} of ${copies}, ${Math.ceil(left)} s left; ${damage}: ${noticed} ${details}\n`)
    }
  })
  const counts = new Map<Noticed, number>()
  for (const { noticed } of judged) counts.set(noticed, (counts.get(noticed) ?? 0) + 1)
  console.log(`${copies} damaged copies of ${objects} objects, seed ${seed}`)
  for (const [noticed, number] of counts) console.log(`  ${noticed} ${number}`)
  if (counts.has('fault')) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

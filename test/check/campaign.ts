/** Damages copies of a data folder, one place each, and lets `candela check` look at them. */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Finding } from '../../src/state/check/findings.ts'
import { PROGRAM, scriptOf } from '../compiled.ts'
import { generator } from '../pipeline.ts'
import { damageFile } from './damaged-folder.ts'

const contents = scriptOf(new URL('contents.ts', import.meta.url))

/** A check that takes longer hangs [ms]. */
const PATIENCE = 120_000

export type Noticed = 'findings' | 'structure damaged' | 'refused' | 'no difference' | 'unnoticed' | 'fault'

export interface Copy {
  damage: string
  noticed: Noticed
  /** Codes of findings, the code of a refusal, tables that differ, or what was wrong. */
  details: string
}

/** What every table holds; null where it cannot be read. */
function contentsOf (folder: string): Record<string, string> | null {
  const { status, stdout } = spawnSync(process.execPath, [...contents.execArgv, contents.file, folder], { encoding: 'utf8', timeout: PATIENCE })
  return status === 0 ? JSON.parse(stdout) as Record<string, string> : null
}

async function checked (folder: string): Promise<{ status: number | null, signal: string | null, stdout: string, stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, 'check', '--engine', 'wasm', '--data-dir', folder], { timeout: PATIENCE, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null, string | null]>])
  return { status, signal, stdout, stderr }
}

async function judge (folder: string, undamaged: Record<string, string>): Promise<Omit<Copy, 'damage'>> {
  const { status, signal, stdout, stderr } = await checked(folder)
  const fault = (what: string): Omit<Copy, 'damage'> => ({ noticed: 'fault', details: `${what}, exit ${status ?? signal}: ${stderr.slice(-1000)}` })
  if (signal !== null) return fault('it was ended')
  if (/^\s+at /m.test(stderr)) return fault('a stack')
  if (status === 0) {
    if (stdout !== '') return fault('findings without an exit code')
    const now = contentsOf(folder)
    const differ = now === null ? ['all'] : Object.keys(undamaged).filter(table => now[table] !== undamaged[table])
    return { noticed: differ.length === 0 ? 'no difference' : 'unnoticed', details: differ.join(' ') }
  }
  if (status !== 1) return fault('an exit code')
  if (stdout === '') {
    const [, code] = /^candela: .* \[([a-z-]+)\]\n {2}\S/m.exec(stderr) ?? []
    return code === undefined || code === 'check-ended' ? fault('a refusal') : { noticed: 'refused', details: code }
  }
  const findings = stdout.trim().split('\n').map(line => JSON.parse(line) as Finding)
  const codes = [...new Set(findings.map(({ code }) => code))]
  return { noticed: codes.includes('structure-damaged') ? 'structure damaged' : 'findings', details: codes.join(' ') }
}

/** @param folder not in use */
export async function runCampaign ({ folder, copies, seed, onCopy = () => {} }: { folder: string, copies: number, seed: number, onCopy?: (copy: Copy) => void }): Promise<Copy[]> {
  const undamaged = contentsOf(folder)
  if (undamaged === null) throw new Error(`${folder} cannot be read`)
  const random = generator(seed)
  const done: Copy[] = []
  for (let k = 0; k < copies; k++) {
    const copy = mkdtempSync(join(tmpdir(), 'candela-damaged-'))
    try {
      copyFileSync(join(folder, 'data.mdb'), join(copy, 'data.mdb'))
      const damage = damageFile(copy, random)
      done.push({ damage, ...await judge(copy, undamaged) })
      onCopy(done.at(-1)!)
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }
  return done
}

/** The code blocks of the guides in docs/, run as they stand. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../pipeline.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const GUIDES = ['subscribe', 'query', 'integrate'] as const

export interface Block {
  /** File and line, for names of tests. */
  where: string
  /** None is run that has no language, or another than these. */
  language: 'sh' | 'python' | 'js' | 'html'
  code: string
}

export const blocks: readonly Block[] = GUIDES.flatMap(guide => {
  const text = readFileSync(join(ROOT, 'docs', `${guide}.md`), 'utf8')
  return Array.from(text.matchAll(/^```(sh|python|js|html)\n(.*?)^```$/gms), ({ 1: language, 2: code, index }): Block =>
    ({ where: `docs/${guide}.md:${text.slice(0, index).split('\n').length + 1}`, language: language as Block['language'], code: code! }))
})

/** What only a browser can run. */
export const isForBrowsers = ({ language, code }: Block): boolean => language === 'html' || (language === 'js' && code.includes('EventSource'))
/** What needs a broker. */
export const isForKafka = ({ code }: Block): boolean => code.includes('KAFKA')

/** Resolves when a service has told of so many classifications, from its beginning. */
export async function firstEvents (url: string, count: number, filter = ''): Promise<void> {
  const events = (await fetch(`${url}/v1/stream?after=0&${filter}`)).body!.getReader()
  for (let seen = ''; seen.split('event: classification').length <= count;) seen += Buffer.from((await events.read()).value!).toString()
  await events.cancel()
}

const PYTHON = process.env['CANDELA_PYTHON'] || 'python3'
/** Packages that a block imports beside Python's own. */
const packagesOf = (code: string): string[] => [...new Set(Array.from(code.matchAll(/^(?:import|from) (requests|astropy|confluent_kafka|fastavro)\b/gm), ({ 1: name }) => name!))]

function commandOf (t: TestContext, { language, code }: Block): [string, string[]] | undefined {
  if (language === 'sh') return ['bash', ['-c', code]]
  const file = join(temporaryFolder(t), language === 'python' ? 'block.py' : 'block.mjs')
  writeFileSync(file, code)
  if (language === 'js') return [process.execPath, [file]]
  const packages = packagesOf(code)
  if (spawnSync(PYTHON, ['-c', `import ${packages.join(', ')}`], { timeout: 60_000 }).status === 0) return [PYTHON, [file]]
  t.skip(`${PYTHON} has not all of ${packages.join(', ')}: name a Python that has them in CANDELA_PYTHON`)
  return undefined
}

/**
 * Runs a block; it must end well, and say something.
 * @param env addresses that the guides take from the environment
 * @param expected what it must say
 */
export async function runBlock (t: TestContext, block: Block, env: NodeJS.ProcessEnv, expected: RegExp = /\S/): Promise<void> {
  const command = commandOf(t, block)
  if (!command) return
  const [program, args] = command
  const { error, stdout, stderr } = await new Promise<{ error: Error | null, stdout: string, stderr: string }>(resolve =>
    execFile(program, args, { cwd: ROOT, env: { ...process.env, ...env }, timeout: 90_000 }, (error, stdout, stderr) => resolve({ error, stdout, stderr })))
  assert.equal(error, null, `${block.where}: ${error?.message}\n${stdout}\n${stderr}`)
  assert.match(stdout, expected, `${block.where}: ${stdout}\n${stderr}`)
}

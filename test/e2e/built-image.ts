/** The image of this checkout; the first test that wants it builds it, for the others Docker finds every layer. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const IMAGE = 'candela:test'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs docker in the checkout; gives what it prints. */
export async function docker (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', [...args], { cwd: root, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}

/** Where TFJS_NODE_BASE_URI is set, libtensorflow comes from there. */
export async function buildImage (): Promise<void> {
  await docker(['build', '--network', 'host', '--build-arg', 'TFJS_NODE_BASE_URI', '--build-arg', 'npm_config_tfjs_binding_binary_host', '--tag', IMAGE, '.'])
}

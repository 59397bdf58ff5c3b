/** Runs command lines one after the other in this process, and tells each one's exit code and what it wrote. See usages.ts. */
import { runProgram } from '../../src/cli/program.ts'

/** Replaces a stream's write; @returns what was written so far. */
function kept (stream: NodeJS.WriteStream): () => string {
  let text = ''
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]) => {
    text += String(chunk)
    const done = more.at(-1)
    if (typeof done === 'function') done()
    return true
  }
  return () => {
    const all = text
    text = ''
    return all
  }
}

const [stdout, stderr] = [kept(process.stdout), kept(process.stderr)]
for (const args of JSON.parse(process.argv[2]!) as string[][]) {
  process.exitCode = undefined
  const code = await runProgram(args)
  process.send!({ status: code ?? process.exitCode ?? 0, stdout: stdout(), stderr: stderr() })
}
process.exitCode = 0
process.disconnect()

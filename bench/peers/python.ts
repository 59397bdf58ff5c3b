/** A peer in Python: a script of this folder that answers each line with a line, the first one with what it is. */
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export interface PythonPeer {
  /** Libraries and their versions. */
  about: string
  ask: (line: string) => Promise<string>
  close: () => void
}

/** The Python that `CANDELA_PYTHON` names; null where it lacks a module, and then it has been said what is missing. */
export async function pythonWith (modules: readonly string[]): Promise<string | null> {
  const python = process.env['CANDELA_PYTHON'] || 'python3'
  try {
    await promisify(execFile)(python, ['-c', `import ${modules.join(', ')}`])
    return python
  } catch {
    console.log(`not measured: ${python} has not all of ${modules.join(', ')}; name a Python that has them in CANDELA_PYTHON`)
    return null
  }
}

export async function pythonPeer (python: string, script: string, args: readonly string[]): Promise<PythonPeer> {
  const child = spawn(python, [join(import.meta.dirname, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${script} has ended early`)
    return value
  }
  return {
    about: await answer(),
    ask (line) {
      child.stdin.write(`${line}\n`)
      return answer()
    },
    close: () => child.stdin.end()
  }
}

/** A number as the scripts read it, before what it counts. */
export function number (value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Each behind its length. */
export const framed = (frames: readonly Buffer[]): Buffer => Buffer.concat(frames.flatMap(frame => [number(frame.length), frame]))

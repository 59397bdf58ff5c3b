// The program as the tests start it, some hundred times: one file with its packages, and what V8 has compiled of it.
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const SOURCE = 'src/cli/candela.ts'
/** Threads of the program start from a file, and so does what such a thread is told to open. */
const THREADS = ['src/simulator/workers/thread.ts', 'src/simulator/workers/simulated-sky.ts']
/** Sources that find those beside themselves. */
const START_THREADS = /src\/simulator\/workers\/(threads|write-sky)\.ts$/
/** Binaries, packages that read files of their own, and what those share with the program. The others go into the file. */
const BY_THEMSELVES = ['@tensorflow/*', 'lmdb', 'msgpackr', 'lz4-napi', 'hysnappy', '@bokuweb/zstd-wasm', 'xz-decompress', '@fastify/swagger', '@fastify/swagger-ui', 'tsx']

/** What Node runs, in the folder of the program. */
export const PROGRAM = 'candela.cjs'

/** A top-level await is none of CommonJS, whose compiled code can be kept. */
function withoutAwait (text) {
  const [before, after] = text.split(/^const code = await (?=run)/m)
  if (after === undefined) throw new Error(`${SOURCE} does not await the program in the way that test/runner/program.mjs knows`)
  const [call, rest] = after.split(/\n([^]*)/)
  return `${before}void ${call}.then(code => {\n${rest}})\n`
}

/**
 * @param folder a new one
 * @param options esbuild's, for all that is compiled
 */
export async function compileProgram (folder, root, options, loadInPlace) {
  const oneFile = {
    name: 'one-file',
    setup (build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        let text = await readFile(path, 'utf8')
        if (path === join(root, SOURCE)) text = withoutAwait(text)
        if (START_THREADS.test(path)) text = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(join(folder, 'src/simulator/workers/threads.js')).href))
        // Node 20 cannot import() from code that was kept; known names become a require.
        text = text.replace(/\bimport\((?=\w+\))/g, 'globalThis.importByNode(')
        // What is required goes into the file, too; what is only looked up stays where it is.
        if (!text.includes('require.resolve')) text = text.replace(/^ *const require = createRequire\(import\.meta\.url\)\n/m, '').replaceAll('createRequire(import.meta.url)(', 'require(')
        return { contents: loadInPlace(text, path), loader: 'ts', resolveDir: dirname(path) }
      })
    }
  }
  await mkdir(folder)
  await Promise.all([
    build({ ...options, splitting: false, format: 'cjs', packages: 'bundle', supported: { 'dynamic-import': false }, external: BY_THEMSELVES, logOverride: { 'empty-import-meta': 'silent' }, plugins: [oneFile], entryPoints: [SOURCE], outdir: undefined, outfile: join(folder, 'program.cjs') }),
    build({ ...options, entryPoints: THREADS, outdir: folder }),
    copyFile(join(import.meta.dirname, 'start-program.cjs'), join(folder, PROGRAM))
  ])
}

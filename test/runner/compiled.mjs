// Compiles what a run needs, once: through tsx, every process would do so anew, and load each of some hundred files by itself.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, stop } from 'esbuild'
import { compileProgram, PROGRAM } from './program.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Where packages are found from, and neither git nor the image looks. */
const CACHE = join(ROOT, 'node_modules/.cache')
/** What tests start in a process of its own, beside the program. One that is not here runs through tsx. */
const SCRIPTS = [
  'reproduce/run.ts', 'test/check/contents.ts', 'test/cli/usages-process.ts', 'test/e2e/build-image.ts', 'test/e2e/kafka/broker-image/build.ts', 'test/e2e/kafka/ingest-process.ts', 'test/fixtures/peak-memory.ts',
  'test/fixtures/replay-stdin.ts', 'test/issues/state/steps-until-signalled.ts', 'test/state/check/commits-until-told.ts'
]

/** A file is found beside the source that names it, not beside the compiled one. */
const loadInPlace = (text, path) =>
  text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)).replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))

const inPlace = {
  name: 'in-place',
  setup (build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({ contents: loadInPlace(await readFile(path, 'utf8'), path), loader: 'ts' }))
  }
}

const options = {
  absWorkingDir: ROOT,
  outbase: ROOT,
  bundle: true,
  packages: 'external',
  // A file that many import stands in a file of its own, and is one module in a process.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
  plugins: [inPlace]
}

/**
 * @param files test files that are to run
 * @returns the folder, the program, and for a source its compiled file; test/compiled.ts finds the folder by COMPILED_TESTS
 */
export async function compile (files) {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'tests-'))
  await Promise.all([
    build({ ...options, entryPoints: [...files, ...SCRIPTS], outdir: folder }),
    compileProgram(join(folder, 'program'), ROOT, options, loadInPlace)
  ])
  await stop()
  process.env.COMPILED_TESTS = folder
  return { folder, program: join(folder, 'program', PROGRAM), compiledOf: file => join(folder, relative(ROOT, file).replace(/\.ts$/, '.js')) }
}

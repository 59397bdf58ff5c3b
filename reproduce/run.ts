/**
 * `npm run reproduce -- --data PATH`: trains every row of the README's tables and measures it; with --spectroscopic those
 * of the challenge's spectroscopic sample, with --sources and --real the model of the whole sky. Hours on a few cores.
 * What is done is kept in --out: started again, it goes on from there.
 */
import { program } from 'commander'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SKIES } from '../src/training/data/altered-sky.ts'
import { hasCheckpoint } from '../src/training/checkpoint.ts'
import { CARRIED, modelOf, PLAIN, RUNS, SHIPPED, seedsOf, type Run } from './runs.ts'
import { SKY_SETS, SKY_SHARES, skyData } from './sky.ts'
import { LEFT_OUT, WHOLE } from './sky-table.ts'
import { measuredBySplit, resultsMarkdown, type Results } from './tables.ts'

interface Options { data: string, spectroscopic?: string, sources?: string, real?: string, out: string, seeds: number, jobs: number, only?: string[] }

const count = (flag: string) => (text: string): number =>
  /^[1-9]\d*$/.test(text) ? Number(text) : program.error(`--${flag} is '${text}', but a whole number of at least 1 is expected`, { exitCode: 2 })

program
  .description('train and measure every row of the tables in README.md and docs/models.md')
  .requiredOption('--data <path>', 'SIMGEN_PUBLIC_DES.tar.xz, or its folder')
  .option('--spectroscopic <path>', 'the objects with spectra that --data lacks (SPECTROSCOPIC_241.tar.xz); the runs named spectroscopic want it')
  .option('--sources <folder>', 'templates, passbands and visits for the simulated sky (docs/simulation.md); the runs named sky want it')
  .option('--real <folder>', 'archives of real light curves (docs/models.md); the runs named sky want it')
  .option('--out <folder>', 'where models and results go', './reproduced')
  .option('--seeds <n>', 'trainings of each row', count('seeds'), 3)
  .option('--jobs <n>', 'trainings at a time, one core each', count('jobs'), 1)
  .option('--only <part...>', 'only runs whose name contains one of these')
  .parse()
const { data, spectroscopic, sources, real, out, seeds, jobs, only } = program.opts<Options>()

const candela = fileURLToPath(new URL('../bin/candela.js', import.meta.url))

interface Job {
  label: string
  arguments: string[]
  /** What it prints to stdout goes here. */
  output: string
}

const name = (run: Run, seed: number): string => `${run.name}-seed${seed}`
const folderOf = (run: Run, seed: number): string => join(out, modelOf(run, seed))

function dataOf (run: Run): string[] {
  if (run.data === 'sky') return skyData({ out, spcc: data, real: real! }, run.without)
  return run.data === 'spectroscopic' ? [data, spectroscopic!] : [data]
}

/** The sets of the simulated sky that are not there yet. */
const simulations = (): Job[] => SKY_SETS.map(({ sky, objects, seed }) => ({
  label: `${objects} light curves of ${sky}`,
  arguments: ['simulate', '--sky', sky, '--sources', sources!, '--objects', String(objects), '--seed', String(seed), '--settings', fileURLToPath(SKY_SHARES), '--out', join(out, 'sky', sky), '--jobs', '1'],
  output: join(out, `sky-${sky}.txt`)
})).filter(({ output }) => !existsSync(output))

async function training (run: Run, seed: number): Promise<Job | null> {
  const folder = folderOf(run, seed)
  const output = join(out, `${name(run, seed)}.json`)
  const isBegun = hasCheckpoint(join(folder, 'checkpoint'))
  if (existsSync(join(folder, 'card.json')) && !isBegun) return null
  const settings = join(out, `${name(run, seed)}.settings.json`)
  await writeFile(settings, JSON.stringify({ seed, ...run.settings }))
  const before = RUNS.find(({ name }) => name === run.from)
  const beginning = before === undefined || isBegun ? [] : ['--from', folderOf(before, 1)]
  const going = run.architecture ? ['--architecture', run.architecture] : isBegun ? ['--resume'] : []
  return {
    label: name(run, seed),
    arguments: ['train', '--data', ...dataOf(run), '--model', modelOf(run, seed), '--out', out, '--json', '--settings', settings, ...going, ...beginning],
    output
  }
}

const skyOutput = (run: Run, sky: string, photoZ: string): string => join(out, `${run.name}.${sky}.${photoZ}.json`)

/** The skies, by the first seed of a run. */
const measurements = (run: Run): Job[] => SKIES.flatMap(sky => ['known', 'unknown'].map(photoZ => ({
  label: `${run.name} under the sky ${sky}, photo-z ${photoZ}`,
  arguments: ['evaluate', '--data', data, '--model', folderOf(run, 1), '--part', 'test', '--sky', sky, '--photo-z', photoZ, '--json'],
  output: skyOutput(run, sky, photoZ)
}))).filter(({ output }) => !existsSync(output))

const leftOutOutput = (run: Run): string => join(out, `${run.name}.left-out.json`)

/** What a run makes of the sets that it left out: on the test part of the run that had them all. */
const leftOut = (run: Run): Job[] => existsSync(leftOutOutput(run)) || !existsSync(join(folderOf(WHOLE, 1), 'card.json'))
  ? []
  : [{
      label: `${run.name} on what it left out`,
      arguments: ['evaluate', '--data', ...skyData({ out, spcc: data, real: real! }), '--model', folderOf(run, 1), '--part', 'test', '--split-of', folderOf(WHOLE, 1), '--photo-z', 'unknown', '--context', 'unknown', '--json'],
      output: leftOutOutput(run)
    }]

async function perform ({ label, arguments: args, output }: Job): Promise<void> {
  process.stderr.write(`${label}\n`)
  const child = spawn(process.execPath, [candela, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [printed, said] = ['', '']
  child.stdout.on('data', chunk => { printed += String(chunk) })
  child.stderr.on('data', chunk => {
    said = (said + String(chunk)).slice(-2000)
    if (jobs === 1) process.stderr.write(chunk)
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  if (code !== 0) throw new Error(`${label} ended with exit code ${String(code)}:\n${said}`)
  await writeFile(`${output}.unfinished`, printed)
  await rename(`${output}.unfinished`, output)
}

/** Some at a time, in their order. After a failure those under way are finished and no other is begun. */
async function performAll (pending: readonly Job[]): Promise<void> {
  const queue = [...pending]
  const failures: unknown[] = []
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let job = queue.shift(); job && failures.length === 0; job = queue.shift()) await perform(job).catch((error: unknown) => failures.push(error))
  }))
  if (failures.length > 0) throw failures[0]
}

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'))

async function results (): Promise<Results> {
  const cards: Results['cards'] = {}
  for (const run of RUNS) {
    const done = seedsOf(run, seeds).filter(seed => existsSync(join(folderOf(run, seed), 'card.json')))
    cards[run.name] = await Promise.all(done.map(async seed => await readJson(join(folderOf(run, seed), 'card.json')) as Results['cards'][string][number]))
  }
  const skies: Results['skies'] = {}
  for (const run of [CARRIED[0]!, PLAIN]) {
    for (const sky of SKIES) {
      for (const photoZ of ['known', 'unknown'] as const) {
        const file = skyOutput(run, sky, photoZ)
        if (existsSync(file)) skies[`${run.name} ${sky} ${photoZ}`] = await readJson(file) as Results['skies'][string]
      }
    }
  }
  const leftOut: Results['leftOut'] = {}
  for (const run of LEFT_OUT) {
    if (existsSync(leftOutOutput(run))) leftOut[run.name] = await readJson(leftOutOutput(run)) as Results['leftOut'][string]
  }
  return { cards, skies, leftOut }
}

const wanted = RUNS.filter(run => !only || only.some(part => run.name.includes(part)))
if (wanted.length === 0) program.error(`no run is named so; the runs are ${RUNS.map(run => run.name).join(', ')}`, { exitCode: 2 })
const [ofSky, bySpectra] = (['sky', 'spectroscopic'] as const).map(wants => wanted.filter(({ data }) => data === wants).map(({ name }) => name).join(', '))
if (bySpectra && spectroscopic === undefined) program.error(`the runs ${bySpectra} want --spectroscopic, or choose others with --only`, { exitCode: 2 })
if (ofSky && (sources === undefined || real === undefined)) program.error(`the runs ${ofSky} want --sources and --real, or choose others with --only`, { exitCode: 2 })
await mkdir(out, { recursive: true })
if (ofSky) await performAll(simulations())
/** Number of runs that must have been before it, each beginning with the weights of the one before. */
const legsBefore = ({ from }: Run): number => {
  const before = RUNS.find(({ name }) => name === from)
  return before === undefined ? 0 : 1 + legsBefore(before)
}
for (const legs of [...new Set(wanted.map(legsBefore))].sort((a, b) => a - b)) {
  const runs = wanted.filter(run => legsBefore(run) === legs)
  const trainings = await Promise.all(runs.flatMap(run => seedsOf(run, seeds).map(seed => training(run, seed))))
  await performAll(trainings.filter(job => job !== null))
}
await performAll([...[CARRIED[0]!, PLAIN].filter(run => wanted.includes(run)).flatMap(measurements), ...LEFT_OUT.filter(run => wanted.includes(run)).flatMap(leftOut)])
const found = await results()
const shippedCard = join(folderOf(SHIPPED, 1), 'card.json')
if (existsSync(shippedCard)) {
  await perform({ label: `the distribution of P(Ia) of ${SHIPPED.name}`, arguments: ['evaluate', '--data', data, '--model', folderOf(SHIPPED, 1), '--part', 'validation', '--card', '--json'], output: join(out, `${SHIPPED.name}.validation.json`) })
  const card = await readJson(shippedCard) as object
  await writeFile(shippedCard, JSON.stringify({ ...card, ...measuredBySplit(found) }, null, 2) + '\n')
}
await writeFile(join(out, 'results.json'), JSON.stringify(found, null, 2) + '\n')
await writeFile(join(out, 'results.md'), resultsMarkdown(found))
process.stdout.write(resultsMarkdown(found))

/**
 * `npm run bench`: every benchmark of this folder, or those named, each in a process of its own; then one table of their
 * ratios. `--guard` runs the brief ones and fails where a ratio is beyond its guard.
 */
import { program } from 'commander'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { boundText, inBound, median, type Answer } from './comparison.ts'

/** Those that need nothing but Node and are over within a minute. */
const GUARDED = ['decode', 'epoch-cost', 'late-point', 'block-lstm', 'record-size']
const HELPERS = ['run', 'comparison']

const folder = fileURLToPath(new URL('.', import.meta.url))
const all = readdirSync(folder).filter(name => name.endsWith('.ts')).map(name => name.slice(0, -'.ts'.length)).filter(name => !HELPERS.includes(name))

program
  .argument('[names...]', `any of ${all.join(', ')}; all where none is given`)
  .option('--guard', `only ${GUARDED.join(', ')}, brief; exit code 1 where a ratio is beyond its guard`)
  .option('--report <file>', 'the answers, as JSON')
  .parse()
const { guard, report } = program.opts<{ guard?: true, report?: string }>()
for (const name of program.args) if (!all.includes(name)) program.error(`there is no benchmark '${name}': it is one of ${all.join(', ')}`, { exitCode: 2 })
const names = program.args.length > 0 ? program.args : guard ? GUARDED : all

const answers: Answer[] = []
const failed: string[] = []
for (const name of names) {
  console.log(`\n## ${name}`)
  const child = fork(`${folder}${name}.ts`, { execArgv: ['--import', 'tsx'], env: { ...process.env, ...guard && { CANDELA_BENCH_BRIEF: '1' } } })
  child.on('message', answer => answers.push(answer as Answer))
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) failed.push(name)
}

const verdict = (ratio: number, aim: Answer['aim']): string => aim === undefined ? '' : inBound(ratio, aim) ? 'yes' : '**no**'
const rows = answers.map(({ question, measured, reference, ratios, aim }) =>
  [question, measured, reference, [Math.min(...ratios), median(ratios), Math.max(...ratios)].map(ratio => ratio.toPrecision(3)).join(' – '), boundText(aim), verdict(median(ratios), aim)])
console.log(`\n${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]!.model}\n`)
console.log('| question | measured | reference | ratio: min – median – max | aim | reached |\n|---|---|---|---|---|---|')
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
if (report !== undefined) writeFileSync(report, `${JSON.stringify(answers, null, 2)}\n`)

for (const name of failed) console.error(`${name} did not come to its end`)
const beyond = guard ? answers.filter(({ ratios, guard: bound }) => bound && !inBound(median(ratios), bound)) : []
for (const { question, ratios, guard: bound } of beyond) console.error(`${question}: ${median(ratios).toPrecision(3)}, and the guard is ${boundText(bound)}`)
process.exitCode = failed.length > 0 || beyond.length > 0 ? 1 : 0

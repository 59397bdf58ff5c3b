/** `candela simulate fit`: the population behind the simulated sky, from simulated light curves of the SPCC. */
import { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { readLightCurveFiles } from '../../alert/snana/light-curve-files.ts'
import { FileTally } from '../../alert/input/tally.ts'
import { CandelaError, describeError } from '../../errors.ts'
import { fitLightCurve, fitPopulation, type FittedSupernova } from '../../simulator/spcc/fit.ts'
import { noiseFreeLightCurve } from '../../simulator/spcc/noise-free.ts'
import { populationModule } from '../../simulator/spcc/population-file.ts'
import { wholeNumber } from '../flags/whole-number.ts'

interface FitOptions {
  data: string[]
  out: string
  seed: number
  json?: true
}

const PROGRESS_EVERY = 2000

export function simulateFitCommand (): Command {
  return new Command('fit')
    .description('fit Bazin et al. 2009 light curves to simulated SNANA files and store the population as a TypeScript module')
    .requiredOption('--data <path...>', 'SNANA .DAT files with SIM_MAG, folders, lists and tar archives of them, each gzipped, xz or zstd')
    .requiredOption('--out <file>', 'the module to write')
    .option('--seed <n>', 'start of the mixture fits', wholeNumber('seed', 0), 1)
    .option('--json', 'print a summary as JSON to stdout')
    .addHelpText('after', `
Example:
  candela simulate fit --data SIMGEN_PUBLIC_DES.tar.xz --out src/simulator/spcc/spcc-population.ts`)
    .action(fit)
}

async function fit ({ data, out, seed, json }: FitOptions): Promise<void> {
  const began = Date.now()
  const fitted: FittedSupernova[] = []
  let read = 0
  const files = new FileTally()
  const onUnreadable = (error: CandelaError): void => {
    process.stderr.write(`${describeError(error)}\n`)
    files.notRead(error.code)
  }
  for await (const { path, text } of readLightCurveFiles(data, { onUnreadable, onPassedOver: path => files.passedOver(path) })) {
    try {
      const curve = noiseFreeLightCurve(text, path)
      const supernova = fitLightCurve(curve)
      if (supernova) fitted.push({ ...supernova, class: curve.class })
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      onUnreadable(error)
    }
    if (++read % PROGRESS_EVERY === 0) {
      process.stderr.write(`${read} light curves, ${fitted.length} fitted, ${Math.round(read / ((Date.now() - began) / 1000))} a second\n`)
    }
  }
  const groups = fitPopulation(fitted, seed)
  const summary = `${groups.length} Gaussians for ${fitted.length} of ${read} noise-free light curves whose peak is covered in every band that shines.`
  const command = `candela simulate fit --data SIMGEN_PUBLIC_DES.tar.xz --out src/simulator/spcc/spcc-population.ts --seed ${seed}`
  await writeFile(out, populationModule(groups, command, summary)).catch((cause: Error) => {
    throw new CandelaError('output-not-writable', `${out} cannot be written: ${cause.message}`, { value: out, cause, action: 'Choose another file with --out.' })
  })
  process.stderr.write(`${[`${summary} → ${out}`, ...files.parts].join('; ')}\n`)
  if (files.hasNotRead) process.exitCode = 1
  if (json) process.stdout.write(`${JSON.stringify({ read, fitted: fitted.length, groups: groups.length, seconds: (Date.now() - began) / 1000 })}\n`)
}

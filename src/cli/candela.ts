/** The command line: one command a file; exit 0 done, 1 failed, 2 wrong usage. */
import { Command, CommanderError } from 'commander'
import { VERSION } from '../app.ts'
import { CandelaError, describeError, UsageError } from '../errors.ts'
import { checkCommand } from './check.ts'
import { archiveCommand } from './archive.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { evaluateCommand } from './evaluate.ts'
import { migrateCommand } from './migrate.ts'
import { rebuildCommand } from './rebuild.ts'
import { replayCommand } from './replay.ts'
import { restoreCommand } from './restore.ts'
import { serveCommand } from './serve.ts'
import { simulateCommand } from './simulate.ts'
import { trainCommand } from './train.ts'

const program = new Command('candela')
  .description('A live supernova classifier: P(Ia) for every object of an alert stream, one LSTM step a photometric point.')
  .version(VERSION)
  .enablePositionalOptions()
  .addCommand(serveCommand())
  .addCommand(replayCommand())
  .addCommand(deadLettersCommand())
  .addCommand(archiveCommand())
  .addCommand(restoreCommand())
  .addCommand(migrateCommand())
  .addCommand(rebuildCommand())
  .addCommand(checkCommand())
  .addCommand(trainCommand())
  .addCommand(evaluateCommand())
  .addCommand(simulateCommand())

for (const command of [program, ...program.commands.flatMap(command => [command, ...command.commands])]) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'candela: ')) }).showHelpAfterError('(--help shows the usage)')
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else {
    process.stderr.write(`candela: ${describeError(error)}\n`)
    if (!(error instanceof CandelaError)) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}

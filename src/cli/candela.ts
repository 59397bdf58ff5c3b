/** The command line: one command a file; exit 0 done, 1 failed, 2 wrong usage. */
import { Command, CommanderError } from 'commander'
import { VERSION } from '../version.ts'
import { CandelaError, describeError, UsageError } from '../errors.ts'

/** Each command is loaded with its imports, most of which no other command needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  replay: async () => (await import('./replay/replay.ts')).replayCommand(),
  'dead-letters': async () => (await import('./dead-letters/dead-letters.ts')).deadLettersCommand(),
  archive: async () => (await import('./data-folder/archive.ts')).archiveCommand(),
  backup: async () => (await import('./data-folder/backup.ts')).backupCommand(),
  restore: async () => (await import('./data-folder/restore.ts')).restoreCommand(),
  migrate: async () => (await import('./data-folder/migrate.ts')).migrateCommand(),
  rebuild: async () => (await import('./data-folder/rebuild.ts')).rebuildCommand(),
  check: async () => (await import('./data-folder/check.ts')).checkCommand(),
  tokens: async () => (await import('./tokens.ts')).tokensCommand(),
  train: async () => (await import('./training/train.ts')).trainCommand(),
  evaluate: async () => (await import('./training/evaluate.ts')).evaluateCommand(),
  simulate: async () => (await import('./simulate/simulate.ts')).simulateCommand()
}

/** Loads only the command that is asked for; all commands for the help and for an unknown name. */
const [asked = ''] = process.argv.slice(2)
const commands = await Promise.all((Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]!] : Object.values(COMMANDS)).map(load => load()))

const program = new Command('candela')
  .description('A live supernova classifier: P(Ia) for every object of an alert stream, one LSTM step a photometric point.')
  .version(VERSION)
  .enablePositionalOptions()
for (const command of commands) program.addCommand(command)

for (const command of [program, ...program.commands.flatMap(command => [command, ...command.commands])]) {
  command.exitOverride().configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'candela: ')) }).showHelpAfterError('(--help shows the usage)')
}

// Whoever reads the help may stop: `candela serve --help | head`. Without a listener an error of stdout ends the process.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') process.exitCode = 1 })

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

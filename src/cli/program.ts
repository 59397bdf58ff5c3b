/** The commands by name, one a file, and what they have in common. */
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

/**
 * Runs one command line. It loads only the command that is asked for; all commands for the help and for an unknown name.
 * @param args behind the program's name
 * @returns the exit code: 1 failed, 2 wrong usage; undefined where the command is done and has set process.exitCode itself where that is not 0
 */
export async function runProgram (args: readonly string[]): Promise<number | undefined> {
  const [asked = ''] = args
  const commands = await Promise.all((Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]!] : Object.values(COMMANDS)).map(load => load()))

  const program = new Command('candela')
    .description('A live supernova classifier: P(Ia) for every object of an alert stream, one LSTM step a photometric point.')
    .version(VERSION)
    .enablePositionalOptions()
  for (const command of commands) program.addCommand(command)

  for (const command of [program, ...program.commands.flatMap(command => [command, ...command.commands])]) {
    command.exitOverride().configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'candela: ')) }).showHelpAfterError('(--help shows the usage)')
  }

  try {
    await program.parseAsync(args, { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`candela: ${describeError(error)}\n`)
    if (!(error instanceof CandelaError)) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

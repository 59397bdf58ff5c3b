/** The command line: exit 0 done, 1 failed, 2 wrong usage. */
import { runProgram } from './program.ts'

// Whoever reads the help may stop: `candela serve --help | head`. Without a listener an error of stdout ends the process.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') process.exitCode = 1 })

const code = await runProgram(process.argv.slice(2))
if (code !== undefined) process.exitCode = code

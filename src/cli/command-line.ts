/**
 * The command line, quoted for a POSIX shell.
 * @param argv as process.argv: node, script, arguments
 */
export const commandLine = (argv: readonly string[]): string =>
  ['candela', ...argv.slice(2)].map(word => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(' ')

/** `candela tokens`: API tokens are made, listed and revoked; a running service needs no restart. */
import { Command, Option } from 'commander'
import { join } from 'node:path'
import type { SettingName } from '../config.ts'
import { UsageError } from '../errors.ts'
import { openTokenFolder, SCOPES, type Scope, type StoredToken, type TokenFolder } from '../http/access/tokens.ts'
import { addSettingFlags, settingsOf } from './flags/settings.ts'
import { wholeNumber } from './flags/whole-number.ts'

const DAY = 86_400_000

type Options = Partial<Record<SettingName | 'config', string>>

export function tokensCommand (): Command {
  return new Command('tokens')
    .description('make, list and revoke the API tokens of a service; the scope write allows alerts and redshifts, admin everything else that changes something')
    .addHelpText('after', `
A token is printed once, when it is made; only its hash is kept. A service sees new and revoked tokens at once.

Examples:
  candela tokens create broker --scope write --expires 90
  candela tokens list
  candela tokens revoke broker`)
    .addCommand(addFolderFlags(new Command('create'))
      .description('make a token and print it')
      .argument('<name>', 'whose it is, or what for')
      .addOption(new Option('--scope <scope>', 'what it allows').choices(SCOPES).default('read'))
      .option('--expires <days>', 'days until it expires; without it never', wholeNumber('expires', 1))
      .action(create))
    .addCommand(addFolderFlags(new Command('list'))
      .description('list all tokens as NDJSON, without secrets')
      .action(list))
    .addCommand(addFolderFlags(new Command('revoke'))
      .description('revoke a token')
      .argument('<id or name>', 'of the token')
      .action(revoke))
}

const addFolderFlags = (command: Command): Command => addSettingFlags(command, ['dataDir', 'tokenDir'])

function folderOf (options: Options): TokenFolder {
  const { dataDir, tokenDir } = settingsOf(options)
  return openTokenFolder(tokenDir === '' ? join(dataDir, 'tokens') : tokenDir)
}

const shown = ({ sha256: _, ...facts }: StoredToken): string => `${JSON.stringify(facts)}\n`

function create (name: string, { scope, expires, ...options }: Options & { scope: Scope, expires?: number }): void {
  if (name.length > 100 || name.trim() === '') throw new UsageError(`the name ${JSON.stringify(name.slice(0, 100))} has not 1 to 100 characters`, { value: name })
  const { token, stored } = folderOf(options).create(name, scope, expires === undefined ? null : Date.now() + expires * DAY)
  process.stderr.write(`candela: token ${stored.id} with the scope ${scope}${stored.expiresAt === null ? '' : `, until ${stored.expiresAt}`}; it is shown this once\n`)
  process.stdout.write(`${token}\n`)
}

function list (options: Options): void {
  process.stdout.write(folderOf(options).list().map(shown).join(''))
}

function revoke (idOrName: string, options: Options): void {
  process.stdout.write(shown(folderOf(options).revoke(idOrName)))
}

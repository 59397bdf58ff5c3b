/** Flags that say what is not in the files themselves. */
import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { OBJECT_ID } from '../../alert/alert.ts'
import type { Given } from '../../alert/given.ts'
import { readerOfText } from '../../alert/readers.ts'
import { EXAMPLE, parseColumns, type GivenColumns } from '../../alert/table/given-columns.ts'
import { CandelaError, messageOf, reworded, UsageError } from '../../errors.ts'

export interface GivenFlags {
  columns?: GivenColumns
  object?: string
  schema?: string
}

/** An error of a flag's value, as commander tells it. */
function columnsFlag (text: string): GivenColumns {
  try {
    return parseColumns(text)
  } catch (error) {
    if (error instanceof CandelaError) throw new InvalidArgumentError(`${error.message}. ${error.action}`)
    throw error
  }
}

function objectFlag (text: string): string {
  if (OBJECT_ID.test(text)) return text
  throw new InvalidArgumentError('Expected 1 to 64 of A-Z a-z 0-9 _ -.')
}

export const addGivenFlags = (command: Command): Command => command
  .addOption(new Option('--columns <list>', `what the columns of tables are, where their names do not say it: ${EXAMPLE}`).argParser(columnsFlag))
  .addOption(new Option('--object <id>', 'object of light curves that name none; the name of the file without it').argParser(objectFlag))
  .option('--schema <file>', 'schema of Avro alerts that come bare, without a container or a frame: an .avsc file, or the key of a record of Fink')

/**
 * @throws UsageError where the schema cannot be read
 */
export function givenOf ({ columns, object, schema }: GivenFlags): Given {
  return { ...columns && { columns }, ...object !== undefined && { object }, ...schema !== undefined && { writerSchema: schemaIn(schema) } }
}

function schemaIn (path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`--schema ${path} cannot be read: ${messageOf(cause)}`, { value: path, cause, action: 'Name the file of an Avro schema.' })
  }
  try {
    readerOfText(text)
    return text
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    const { message } = reworded(error, error.message.replace('the container\'s schema', 'it'))
    throw new UsageError(`--schema ${path}: ${message} [${error.code}]`, { value: path, cause: error, action: 'Name the Avro schema that the alerts were written with.' })
  }
}

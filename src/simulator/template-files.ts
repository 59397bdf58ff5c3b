/** The folder of templates that a simulated sky is made from: docs/simulation.md says what lies where, and where each file can be had. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { decompressed } from '../alert/input/decompress.ts'
import { CandelaError } from '../errors.ts'

/**
 * The bytes of a file, decompressed.
 * @param name path in the folder, as 'salt3/SALT3.INFO'
 * @throws CandelaError `templates-missing`, `templates-unreadable`
 */
export async function readTemplateBytes (folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name)
  const pieces: Buffer[] = []
  try {
    const beginning = await decompressed(createReadStream(path), cause => cause as Error)
    for await (const piece of beginning.all()) pieces.push(piece)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || (cause as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new CandelaError('templates-missing', `${path} is missing: the simulated sky is made from it`, {
        value: name, cause, action: 'Give the folder of templates with --sources; docs/simulation.md says where each file can be had.'
      })
    }
    throw new CandelaError('templates-unreadable', `${path} cannot be read: ${(cause as Error).message}`, { value: name, cause, action: 'Fetch the file again.' })
  }
  return Buffer.concat(pieces)
}

/** The same as text. */
export const readTemplate = async (folder: string, name: string): Promise<string> => (await readTemplateBytes(folder, name)).toString('utf8')

/** A file of templates that is there and does not hold what its name promises. */
export const templateDamaged = (name: string, message: string): CandelaError =>
  new CandelaError('templates-damaged', `${name}: ${message}`, { value: name, action: 'Fetch the file again; docs/simulation.md says where it can be had.' })

/** Lines of numbers between white space or commas; others, as comments and headers, are passed over. */
export function numberRows (text: string): number[][] {
  const rows: number[][] = []
  for (const line of text.split('\n')) {
    const row = line.trim().split(/[\s,]+/).map(Number)
    if (row.length > 0 && line.trim() !== '' && row.every(Number.isFinite)) rows.push(row)
  }
  return rows
}

/** The folder that a report is written into. */
import { createWriteStream } from 'node:fs'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CandelaError, messageOf } from '../errors.ts'
import { loadPlot, type Plot } from './plot.ts'

export interface ReportFolder {
  plot: Plot
  /**
   * Files of an earlier report are replaced.
   * @param files content by name; long ones piece by piece
   * @throws CandelaError `report-unwritable`
   */
  write (files: ReadonlyMap<string, string | Iterable<string>>): Promise<void>
}

/**
 * Makes sure that a report can be written, before the work and not after it.
 * @param flag that names the folder, for messages
 * @param otherwise what one can do where there are no plots
 * @throws CandelaError `report-unwritable`, or `plots-missing` where Vega is not installed
 */
export async function openReportFolder (folder: string, { flag, otherwise }: { flag: string, otherwise?: string }): Promise<ReportFolder> {
  const unwritable = (cause: unknown): CandelaError => new CandelaError('report-unwritable', `${folder} cannot be written: ${messageOf(cause)}`, {
    value: folder, cause, action: `Give ${flag} a folder that exists or can be made, and can be written.`
  })
  const plot = await loadPlot(otherwise)
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw unwritable(cause)
  }
  return {
    plot,
    async write (files) {
      try {
        for (const [file, content] of files) {
          if (typeof content === 'string') await writeFile(join(folder, file), content)
          else await pipeline(Readable.from(content), createWriteStream(join(folder, file)))
        }
      } catch (cause) {
        throw unwritable(cause)
      }
    }
  }
}

/** `candela simulate --gallery`: sheets of light curves to look at. */
import { FileTally } from '../../alert/input/tally.ts'
import { describeError, UsageError } from '../../errors.ts'
import { A_SHEET, writeGallery } from '../../simulator/comparison/gallery.ts'
import { lightCurveProgress } from './light-curve-progress.ts'

export async function drawGallery ({ gallery, each = A_SHEET, out, json }: { gallery: string[], each?: number, out?: string, json?: true }): Promise<void> {
  if (out === undefined || out === '-') throw new UsageError('--gallery writes sheets and a page', { value: out, action: 'Name a folder for them with --out.' })
  const say = (message: string): void => { process.stderr.write(`candela: ${message}\n`) }
  const files = new FileTally('light curve')
  const progress = lightCurveProgress('gallery')
  const { drawn, sheets, otherLabels } = await writeGallery(gallery, each, out, {
    onUnreadable: error => {
      say(describeError(error))
      files.notRead(error.code)
    },
    onPassedOver: path => files.passedOver(path),
    onRead: progress.read
  })
  progress.end()
  if (otherLabels.size > 0) say(`not drawn: ${[...otherLabels].map(([label, count]) => `'${label}' (${count})`).join(', ')}`)
  for (const part of files.parts) say(part)
  if (files.hasNotRead) process.exitCode = 1
  if (json) process.stdout.write(`${JSON.stringify({ drawn: Object.fromEntries(drawn), sheets })}\n`)
  else say(`${[...drawn].map(([name, count]) => `${name} ${count}`).join(', ')} → ${out}/index.html (${sheets.length} sheet${sheets.length === 1 ? '' : 's'})`)
}

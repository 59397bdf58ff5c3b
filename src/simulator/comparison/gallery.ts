/** Sheets of light curves by class: a thousand of each can be looked through in minutes. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DETECTION_SNR } from '../../alert/alert.ts'
import { readLightCurves } from '../../alert/snana/light-curves.ts'
import type { SnanaLightCurve } from '../../alert/snana/snana.ts'
import { CandelaError } from '../../errors.ts'
import { openReportFolder } from '../../report/folder.ts'
import { escapeHtml } from '../../report/page.ts'
import { colourVariables, FONT } from '../../report/theme.ts'
import { SKY_CLASSES, type SkyClass } from '../sources/source.ts'
import { count } from './collect.ts'
import { classOfLabels } from './labels.ts'
import { inOrder } from './measure.ts'
import { brightestText, sheetFigure, standalone, type Panel } from './sheet.ts'

/** Light curves of a full sheet. */
export const A_SHEET = 40
/** With one of each class, the one with the most detections among so many. */
const LOOKED_AT = 200
export const ONE_OF_EACH = 'one-of-each.svg'

export interface GalleryListener {
  onUnreadable: (error: CandelaError) => void
  onPassedOver: (path: string) => void
  onRead: (read: number) => void
}

export interface Gallery {
  /** Light curves drawn of each class, in the order of `SKY_CLASSES`. */
  drawn: Map<SkyClass, number>
  sheets: string[]
  /** Objects whose label is of no class of the simulated sky. */
  otherLabels: Map<string, number>
}

function panelOf (curve: SnanaLightCurve, name: SkyClass): Panel {
  const points = inOrder(curve.points)
  const redshift = curve.redshift ?? curve.photoZ
  const label = curve.typeLabels[0] === name ? '' : ` (${curve.typeLabels[0]})`
  return { title: `${name}${label}${redshift === null ? '' : `, z ${redshift.toFixed(3)}`}`, object: `${curve.snid}: ${brightestText(points)}`, points }
}

const detectionsOf = ({ points }: Panel): number => points.filter(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) > DETECTION_SNR * psfFluxErr).length

const pageOf = (gallery: Gallery): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Light curves by class</title>
<style>:root { ${colourVariables()} font: 15px/1.5 ${FONT}; } body { margin: 20px; } img { display: block; max-width: 100%; margin: 0 0 20px; }</style></head>
<body>
<h1>Light curves by class</h1>
<p>Difference flux in μJy over days from the first detection; bars are the reported 1σ errors. Above each: class, object, redshift, brightest detection.</p>
<p>${[...gallery.drawn].map(([name, count]) => `${escapeHtml(name)} ${count}`).join(', ')}</p>
${gallery.sheets.map(file => `<img loading="lazy" src="${encodeURI(file)}" alt="${escapeHtml(file)}">`).join('\n')}
</body>
</html>
`

/**
 * Writes sheets of the first `each` light curves of each class and index.html, which shows them; at most one sheet a
 * class is in memory. With `each` 1, `one-of-each.svg` alone is drawn.
 * @throws CandelaError `path-not-found`, `no-light-curves`, `report-unwritable`, `plots-missing`
 */
export async function writeGallery (paths: readonly string[], each: number, folder: string, { onUnreadable, onPassedOver, onRead }: GalleryListener): Promise<Gallery> {
  const { plot, write } = await openReportFolder(folder, { flag: '--out' })
  const gallery: Gallery = { drawn: new Map(), sheets: [], otherLabels: new Map() }
  const waiting = new Map<SkyClass, Panel[]>()
  const lookedAt = new Map<SkyClass, number>()
  const draw = async (file: string, title: string, panels: readonly Panel[]): Promise<void> => {
    const figure = sheetFigure(title, panels)
    await writeFile(join(folder, file), standalone(await plot(figure), figure))
    gallery.sheets.push(file)
  }
  const drawClass = async (name: SkyClass): Promise<void> => {
    const panels = waiting.get(name)!
    const drawn = gallery.drawn.get(name) ?? 0
    const sheet = String(Math.floor(drawn / A_SHEET) + 1).padStart(3, '0')
    gallery.drawn.set(name, drawn + panels.length)
    waiting.set(name, [])
    await draw(`${name}-${sheet}.svg`, `${name}, sheet ${Number(sheet)}`, panels)
  }
  let read = 0
  let first: CandelaError | undefined
  for await (const item of readLightCurves(paths, { onPassedOver })) {
    if ('error' in item) {
      first ??= item.error
      onUnreadable(item.error)
      continue
    }
    onRead(++read)
    const labelled = classOfLabels(item.curve.typeLabels)
    if (!('class' in labelled)) {
      count(gallery.otherLabels, labelled.label, 0, n => n + 1)
      continue
    }
    const name = labelled.class
    const looked = (lookedAt.get(name) ?? 0) + 1
    lookedAt.set(name, looked)
    if (looked > (each === 1 ? LOOKED_AT : each)) continue
    const panel = panelOf(item.curve, name)
    const panels = waiting.get(name)
    if (panels === undefined) waiting.set(name, [panel])
    else if (each > 1) panels.push(panel)
    else if (detectionsOf(panel) > detectionsOf(panels[0]!)) panels[0] = panel
    if (waiting.get(name)!.length === A_SHEET) await drawClass(name)
  }
  if (lookedAt.size === 0) {
    throw new CandelaError('no-light-curves', `no light curve of a known class in ${paths.join(', ')}`, {
      value: paths.join(' '), cause: first, action: first?.message ?? 'Give SNANA text files or HEAD/PHOT.FITS pairs of objects of known type, folders or archives of them.'
    })
  }
  const left = SKY_CLASSES.filter(name => (waiting.get(name)?.length ?? 0) > 0)
  if (each === 1) {
    for (const name of left) gallery.drawn.set(name, 1)
    await draw(ONE_OF_EACH, 'One light curve of each class', left.map(name => waiting.get(name)![0]!))
  } else {
    for (const name of left) await drawClass(name)
  }
  gallery.sheets.sort((a, b) => classPlace(a) - classPlace(b) || (a < b ? -1 : 1))
  gallery.drawn = new Map(SKY_CLASSES.flatMap(name => gallery.drawn.has(name) ? [[name, gallery.drawn.get(name)!]] : []))
  await write(new Map([['index.html', pageOf(gallery)]]))
  return gallery
}

const classPlace = (file: string): number => SKY_CLASSES.findIndex(name => file.startsWith(`${name}-`) && /^\d+\.svg$/.test(file.slice(name.length + 1)))

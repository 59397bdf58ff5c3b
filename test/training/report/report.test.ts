import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { CandelaError } from '../../../src/errors.ts'
import { openReport } from '../../../src/training/report/report.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { openPage } from '../../web/browser.ts'
import { reportFacts, type SketchedObject } from './report-facts.ts'

const HOSTILE = '</title><script>fetch("http://example.org")</script><img src=x onerror=alert(1)> & "\''

/** 40 objects, every other one an Ia; a quarter of either kind is called wrongly. */
const sketches = (peakMjd?: number): SketchedObject[] => Array.from({ length: 40 }, (_, k) => ({
  snid: String(100 + k),
  type: k % 2 === 0 ? 'Ia' : k % 4 === 1 ? 'Ibc' : 'IIn',
  ...(peakMjd === undefined ? {} : { peakMjd }),
  redshift: 0.1 + k / 100,
  probabilities: Array.from({ length: 24 }, (_, step) => 0.5 + ((k % 2 === 0) === (k % 8 < 6) ? 1 : -1) * (step + 1) / 50)
}))

async function written (t: TestContext, ...facts: Parameters<typeof reportFacts>): Promise<string> {
  const folder = join(temporaryFolder(t), 'new', 'report')
  await (await openReport(folder)).write(reportFacts(...facts))
  return folder
}

const csv = (folder: string, file: string): string[][] => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').map(line => line.split(','))

test('the page shows the figures of the objects and asks nobody', async t => {
  if (!needs(t, 'chromium')) return
  const folder = await written(t, sketches(56_010))
  const address = pathToFileURL(join(folder, 'index.html')).href
  const { page, requests, complaints } = await openPage(t)
  await page.goto(address)
  assert.deepEqual([requests, complaints], [[address], []])
  assert.equal(await page.locator('script, link, img, iframe').count(), 0)
  assert.deepEqual(await page.locator('h2').allTextContents(), [
    'How many are told right', 'By set and type', 'By days since the first detection', 'ROC curves', 'Most confidently wrong', 'By number of epochs', 'By days from peak', 'By true subtype', 'Calibration', 'P(Ia) over time', 'Files'
  ])
  // Called Ia: k = 0, 2, 4 of every 8 (of the Ia) and k = 7 (of the others): 15 of 20 right, 5 of 20 wrong; FoM = 0.75 × 15/(15 + 3·5).
  const [head] = await page.locator('#table tbody tr').allTextContents()
  assert.match(head!, /^sketch\/1\.0–knownend75\.00/)
  const cells = await page.locator('#table tbody tr').first().locator('td').allTextContents()
  assert.deepEqual([cells[5], cells[6], cells[7]], ['0.375', '0.750', '0.750'])
  assert.match(await page.locator('#table').innerText(), /Charnock & Moss 2017 \(arXiv:1606\.07442\)\s+10,660\s+known\s+end\s+94\.7\s+0\.986\s+0\.64/)
  // Type, objects, then called Ia and mean P(Ia) = 0.75·0.98 + 0.25·0.02 at the end, photo-z known.
  const subtypes = await page.locator('#subtypes tbody tr').evaluateAll(rows => rows.map(row => [...row.children].slice(0, 3).map(cell => cell.textContent)))
  assert.deepEqual(subtypes, [['Ia', '20', '75.0 % · 0.740'], ['IIn', '10', '50.0 % · 0.500'], ['Ibc', '10', '0.0 % · 0.020']])
  assert.match(await page.locator('#reliability').innerText(), /ECE 0\.2300/)
  assert.equal(await page.locator('#worst tbody tr').count(), 10)
  assert.deepEqual(await page.locator('#light-curves figcaption').allTextContents(), [100, 102, 103, 107, 101, 105].map((snid, k) =>
    `SN ${snid}, type ${['Ia', 'Ia', 'IIn', 'IIn', 'Ibc', 'Ibc'][k]}, z = ${(0.1 + (snid - 100) / 100).toFixed(3)}`))
})

test('every plot has a name, a description and marks, in light and dark', async t => {
  if (!needs(t, 'chromium')) return
  const folder = await written(t, sketches(56_010))
  const { page } = await openPage(t, { colorScheme: 'dark' })
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  const plots = await page.locator('figure svg').evaluateAll(svgs => svgs.map(svg => ({
    named: svg.getAttribute('role') === 'img' && (svg.getAttribute('aria-labelledby') ?? '').split(' ').every(id => (document.getElementById(id)?.textContent ?? '').length > 10),
    marks: [...svg.querySelectorAll('.mark-line path, .mark-symbol path, .mark-rect path, .mark-area path')]
      .filter(mark => mark.closest('.role-legend') === null && mark.getBoundingClientRect().width > 1).length,
    text: getComputedStyle(svg.querySelector('.role-axis-label text')!).fill,
    damaged: /NaN|undefined|null/.test(svg.innerHTML)
  })))
  assert.equal(plots.length, 1 + 1 + 1 + 1 + 1 + 1 + 3 + 6)
  for (const [k, { named, marks, text, damaged }] of plots.entries()) {
    assert.ok(named && marks > 0 && !damaged, `figure ${k}: ${JSON.stringify(plots[k])}`)
    assert.equal(text, 'rgb(232, 230, 224)')
  }
  const ids = await page.locator('[id]').evaluateAll(elements => elements.map(({ id }) => id))
  assert.equal(new Set(ids).size, ids.length)
})

test('text of the data and of the model stays text', async t => {
  if (!needs(t, 'chromium')) return
  const hostile = sketches(56_010).map((sketch, k) => ({ ...sketch, snid: `${HOSTILE}${k}`, ...(k % 4 === 3 ? { type: HOSTILE } : {}) }))
  const folder = await written(t, hostile, { model: HOSTILE, origin: [['command', HOSTILE]] })
  const { page, requests, complaints } = await openPage(t)
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  assert.deepEqual([requests.length, complaints], [1, []])
  assert.equal(await page.locator('script, img').count(), 0)
  assert.deepEqual(await page.locator('dd').allTextContents(), [HOSTILE])
  assert.equal(await page.locator('#worst tbody th').first().textContent(), `${HOSTILE}14`)
  assert.ok((await page.locator('#subtypes svg text').allTextContents()).some(text => HOSTILE.startsWith(text.slice(0, 12))))
})

test('the files hold what the page shows', async t => {
  const folder = await written(t, sketches(56_010))
  const metrics = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as { photoZKnown: { final: { figureOfMerit: number, auc: number }, byEpochs: object[] }, byPhase: object[], subtypes: object[], sky: { types: Array<{ label: string, end: { half: number } }> } }
  assert.deepEqual([metrics.photoZKnown.final.figureOfMerit, metrics.photoZKnown.final.auc], [0.375, 0.75])
  assert.deepEqual([metrics.photoZKnown.byEpochs.length, metrics.byPhase.length, metrics.subtypes.length], [24, 2 * 17, 3 * 4])
  assert.deepEqual(metrics.sky.types.map(({ label, end }) => [label, end.half]), [['Ia', 0.75], ['IIn', 0.5], ['Ibc', 0]])
  const predictions = csv(folder, 'predictions.csv')
  assert.deepEqual(predictions[0], ['snid', 'epoch', 'midpointMjdTai', 'photoZKnown', 'photoZUnknown'])
  assert.deepEqual([predictions.length, predictions[24]], [1 + 40 * 24, ['100', '24', '56023', '0.98', '0.875']])
  const [head, first] = csv(folder, 'objects.csv')
  assert.deepEqual(head, ['snid', 'type', 'typeIa', 'redshift', 'peakMjd', 'epochs', 'earlyEpoch', 'endPhotoZKnown', 'endPhotoZUnknown', 'earlyPhotoZKnown', 'earlyPhotoZUnknown'])
  assert.deepEqual(first!.slice(0, 7), ['100', 'Ia', '1', '0.1', '56010', '24', '24'])
  // Four curves, each from (0, 0) over (0.25, 0.75) to (1, 1).
  assert.deepEqual(csv(folder, 'roc.csv').slice(1, 4).map(row => row.slice(0, 4)), [['known', 'end', '0', '0'], ['known', 'end', '0.25', '0.75'], ['known', 'end', '1', '1']])
  assert.deepEqual(csv(folder, 'reliability.csv')[1]!.slice(2, 6), ['0', String(1 / 15), '20', '5'])
  for (const file of ['table.csv', 'by-epochs.csv', 'by-phase.csv', 'subtypes.csv', 'light-curves.csv', 'worst.csv', 'sets.csv', 'by-days.csv']) assert.ok(csv(folder, file).length > 1, file)
})

test('what cannot be shown is said', async t => {
  const page = readFileSync(join(await written(t, [{ snid: '1', type: 'Ia', probabilities: [0.9, 0.95] }, { snid: '2', type: 'Ia', probabilities: [] }]), 'index.html'), 'utf8')
  for (const reason of ['All objects are Ia, or none is: there is no ROC curve.', 'The data name no true time of peak (SIM_PEAKMJD).', 'No object has 20 epochs.', 'nothing to show by number of epochs', 'Too few objects to judge the calibration']) {
    assert.ok(page.includes(reason), reason)
  }
})

test('a folder that cannot be written is refused at once', async t => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  await assert.rejects(openReport(join(file, 'report')), (error: CandelaError) => error.code === 'report-unwritable' && error.message.includes(file))
})

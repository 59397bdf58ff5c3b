/** Files of spectra: what is read of good ones, and what is said of damaged ones. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { CandelaError } from '../../../src/errors.ts'
import { typeIaModel } from '../../../src/simulator/sources/type-ia.ts'
import { readFitsImage } from '../../../src/simulator/spectra/fits-image.ts'
import { parseGrid } from '../../../src/simulator/spectra/grid.ts'
import { readSequence91bg, readSupernova } from '../../../src/simulator/spectra/templates.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candela-spectra-'))
  for (const name of ['salt3', 'sed']) await mkdir(join(folder, name))
})
after(async () => { await rm(folder, { recursive: true }) })

const damaged = (message: RegExp) => (error: unknown): boolean =>
  error instanceof CandelaError && error.code === 'templates-damaged' && message.test(error.message)

test('a grid of phases and wavelengths is read; comments and further columns are passed over', () => {
  const { phases, wavelengths, flux } = parseGrid('a', '# phase wavelength flux\n-1 3000 1 9\n-1.0 3010 2\n\n 0.5 3000 3\r\n0.5\t3010 -4e-1', 2)
  assert.deepEqual([[...phases], [...wavelengths], [...flux]], [[-1, 0.5], [3000, 3010], [2, 4, 6, -0.8]])
})

test('what is no grid is refused with the file and the line', () => {
  for (const [text, message] of [
    ['0 1 1\n0 2 x\n1 1 1\n1 2 1', /^a: line 2 is '0 2 x'/],
    ['0 1 1\n0 2 1\n1 1 1\n2 1 1\n2 2 1', /line 4 begins phase 2 before/],
    ['1 1 1\n1 2 1\n0 1 1\n0 2 1', /line 3 begins phase 0/],
    ['0 1 1\n0 2 1\n1 1 1\n1 3 1', /line 4 has wavelength 3, the first phase has 2 there/],
    ['0 1 1\n0 2 1\n1 1 1\n1 2 1\n1 3 1', /line 5 has wavelength 3, the first phase has none there/],
    ['0 2 1\n0 1 1', /line 2 has wavelength 1, which does not ascend/],
    ['0 1 1\n0 2 1\n1 1 1', /ends after 3 points/],
    ['', /ends after 0 points/]
  ] as const) assert.throws(() => parseGrid('a', text), damaged(message), text)
})

test('negative fluxes are made 0, and spectra of the same night are averaged', async () => {
  await writeFile(join(folder, 'sed', 'v19-SN1000a.txt.xz'), '0 3000 2\n0 3010 -1\n0.5 3000 4\n0.5 3010 3\n1 3000 8\n1 3010 8')
  const { phases, flux } = await readSupernova(folder, '1000a')
  assert.deepEqual([[...phases], [...flux]], [[0.25, 1], [3, 1.5, 8, 8]])
})

function fitsImage (cards: readonly string[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(2880, ' ')
  ;['SIMPLE  =                    T', ...cards, 'END'].forEach((card, k) => header.write(card, 80 * k))
  const data = Buffer.alloc(2880)
  values.forEach((value, k) => data.writeFloatBE(value, 4 * k))
  return Buffer.concat([header, data])
}
const CARDS = ['BITPIX  =                  -32', 'NAXIS   =                    3', 'NAXIS1  =                    2', 'NAXIS2  =                    2', 'NAXIS3  =                    1',
  'CRPIX1  =                    0', 'CRVAL1  =                 980.', 'CDELT1  =                  10.', 'CRPIX2  =                    0', 'CRVAL2  =                  -6.', 'CDELT2  =                   1.']

test('a sequence is read out of a FITS image, its pixels counted from 0', async () => {
  await writeFile(join(folder, 'sed', '91bg_sequence_0.2.fits.gz'), gzipSync(fitsImage(CARDS, [1, -2, 3, 4])))
  const [member, ...others] = await readSequence91bg(folder)
  assert.equal(others.length, 0)
  assert.deepEqual([[...member!.phases], [...member!.wavelengths], [...member!.flux]], [[-6, -5], [980, 990], [1, 0, 3, 4]])
})

test('a FITS file that holds no image of floating-point numbers is refused', async () => {
  await assert.rejects(readFitsImage(fitsImage(['BITPIX  =                   16', ...CARDS.slice(1)], [])), /BITPIX is 16/)
  await assert.rejects(readFitsImage(fitsImage(CARDS, []).subarray(0, 4000)), /ends after/)
  await writeFile(join(folder, 'sed', '91bg_sequence_0.2.fits.gz'), gzipSync(Buffer.from('no image')))
  await assert.rejects(readSequence91bg(folder), damaged(/^sed\/91bg_sequence/))
  await writeFile(join(folder, 'sed', '91bg_sequence_0.2.fits.gz'), gzipSync(fitsImage(CARDS.filter(card => !card.startsWith('CRVAL2')), [])))
  await assert.rejects(readSequence91bg(folder), damaged(/CRVAL2 is missing/))
})

test('a model says which file is missing, and what its colour law lacks', async () => {
  await assert.rejects(typeIaModel(join(folder, 'nowhere')), (error: unknown) => error instanceof CandelaError && error.code === 'templates-missing' && /salt3/.test(error.message))
  for (const component of [0, 1]) await writeFile(join(folder, 'salt3', `salt3_template_${component}.dat.gz`), gzipSync('0 3000 1\n0 9000 1\n1 3000 1\n1 9000 1'))
  await writeFile(join(folder, 'salt3', 'SALT3.INFO'), 'COLORCOR_PARAMS: 2800 8000  3  -0.5 0.6\n')
  await assert.rejects(typeIaModel(folder), damaged(/^salt3\/SALT3\.INFO: COLORCOR_PARAMS/))
})

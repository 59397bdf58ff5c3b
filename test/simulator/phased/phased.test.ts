import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { readLclib } from '../../../src/simulator/phased/lclib.ts'
import { GEOMETRY, PULSATION, phasedCurve, readPhasedCurves, shapeAt } from '../../../src/simulator/phased/phased-curve.ts'
import { readStripe82, STRIPE_82_STARS, STRIPE_82_TEMPLATES } from '../../../src/simulator/phased/stripe-82.ts'
import { USABLE_STRIPE_82_STARS, USABLE_ZTF_STARS } from '../../../src/simulator/phased/usable-stars.ts'
import { G, I, R, U, Y, Z } from '../../../src/simulator/stars/brightness.ts'
import { tarOf } from '../../fixtures/tar.ts'
import { needs, sharedData } from '../../parts.ts'

import { folderWith, sines } from './lclib-text.ts'

const TEMPLATES = join(sharedData, 'sky')
const RR_LYRAE = 'periodic/RR Lyr.lclib.xz'
const OPEN = USABLE_ZTF_STARS[RR_LYRAE].slice(0, 2)
const folders: string[] = []
const folder = (files: Readonly<Record<string, string | Buffer>>): string => {
  folders.push(folderWith(files))
  return folders.at(-1)!
}
after(async () => { for (const path of folders) await rm(path, { recursive: true }) })

const near = (actual: number, expected: number, within: number, what = ''): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${what} ${actual} is not ${expected} ± ${within}`)

describe('Phased light curves of ZTF', () => {
  it('has the magnitudes of the library at any phase', async t => {
    if (!needs(t, 'shared-data')) return
    const curves = await readPhasedCurves(TEMPLATES, RR_LYRAE, PULSATION)
    assert.equal(curves.length, 105)
    /*
     * VSX 10625, read without Candela:
     *   import lzma, re, numpy as np
     *   event = re.search(r'PARVAL: 10625,.*?END', lzma.open('RR Lyr.lclib.xz', 'rt').read(), re.S)[0]
     *   a = np.array([[float(x) for x in l.split()[1:]] for l in event.split('\n') if l.startswith('S:')])
     *   m = a[:-1, 1:].mean(0)   # 13.69602 13.60839 13.64169
     *   [[np.interp(k, np.arange(128), a[:, 1 + b]) - m[b] for b in range(3)] for k in (0, 31.5, 100)]
     */
    const { colours, shapes } = curves.find(({ period }) => period === 0.448628)!
    near(colours[G]!, 0.08764, 1e-5)
    near(colours[I]!, 0.03331, 1e-5)
    const expected = [[0, -1.00702, -0.70339, -0.49569], [31.5, -0.07602, -0.08189, -0.09269], [100, 0.40898, 0.29261, 0.30931]] as const
    for (const [k, g, r, i] of expected) {
      near(shapeAt(shapes[G]!, k / 127), g, 2e-5, `g at ${k}`)
      near(shapeAt(shapes[R]!, k / 127), r, 2e-5, `r at ${k}`)
      near(shapeAt(shapes[I]!, k / 127), i, 2e-5, `i at ${k}`)
      near(shapeAt(shapes[R]!, k / 127 - 3), r, 2e-5, 'three periods before')
    }
  })

  it('leaves out the stars that sets of real light curves measure with', async () => {
    const name = 'periodic/Cepheid.lclib.xz'
    const one = USABLE_ZTF_STARS[name][0]
    const curves = await readPhasedCurves(folder({ [name]: sines([1, one, 2]) }), name, PULSATION)
    assert.equal(curves.length, 1)
    await assert.rejects(readPhasedCurves(folder({ [name]: sines([1, 2]) }), name, PULSATION), { code: 'templates-damaged', message: /Cepheid\.lclib\.xz: it holds none of the stars/ })
  })

  it('goes on to u, z and y by colour and amplitude', () => {
    const wave = (mean: number, half: number): Float64Array => Float64Array.from({ length: 100 }, (_, k) => mean + half * Math.sin(2 * Math.PI * k / 100))
    const pulsating = phasedCurve(0.6, { g: wave(15.2, 0.5), r: wave(15.06, 0.36), i: wave(15.02, 0.28) }, PULSATION)
    // of RR Lyrae with g−r 0.14: u−g 1.15, i−z −0.02 (Sesar et al. 2010, table 3)
    near(pulsating.colours[U]! - pulsating.colours[G]!, 1.15, 0.01)
    near(pulsating.colours[I]! - pulsating.colours[Z]!, -0.02, 0.01)
    near(pulsating.colours[I]!, -0.04, 1e-9)
    near(shapeAt(pulsating.shapes[U]!, 0.25), 0.47, 1e-9)
    near(shapeAt(pulsating.shapes[Z]!, 0.25), 0.2492, 1e-9)
    assert.ok(shapeAt(pulsating.shapes[Y]!, 0.25) < shapeAt(pulsating.shapes[Z]!, 0.25), 'y swings less than z')
    const stretched = phasedCurve(0.6, { g: wave(15.6, 0.12), r: wave(15, 0.1) }, GEOMETRY)
    near(stretched.colours[I]!, -0.22, 1e-9)
    near(shapeAt(stretched.shapes[Y]!, 0.25), 0.1, 1e-9)
  })
})

describe('RR Lyrae of Stripe 82', () => {
  it('has the magnitudes of template and fit at any phase', async t => {
    if (!needs(t, 'shared-data')) return
    const stars = await readStripe82(TEMPLATES)
    assert.equal(stars.length, USABLE_STRIPE_82_STARS.length)
    /*
     * Star 1013184 without Candela: amplitude x[b,0], brightest x[b,1], epoch x[b,2], template T[b] of the tar file; P the period
     *   mean = [x[b,1] + x[b,0] * T[b].mean() for b in range(5)]
     *   off = [((x[b,2] - x[1,2]) / P + .5) % 1 - .5 for b in range(5)]
     *   [x[b,1] + x[b,0] * np.interp((phase - off[b]) % 1 * 500, np.arange(501), np.append(T[b], T[b][0])) - mean[b] for b in range(5)]
     */
    const { kind, colours, shapes } = stars.find(({ period }) => period === 0.614318300907)!
    assert.equal(kind, 'ab')
    ;[1.33195, 0.19232, 0, -0.05865, -0.07804].forEach((colour, b) => near(colours[b]!, colour, 1e-5))
    const expected = [[0, -0.3931, -0.548, -0.3156, -0.2082, -0.2123], [0.25, -0.1034, -0.0805, -0.0885, -0.0892, -0.0847], [0.9, 0.03, 0.1703, 0.1041, 0.0803, 0.1114]] as const
    for (const [phase, ...magnitudes] of expected) magnitudes.forEach((magnitude, b) => near(shapeAt(shapes[b]!, phase), magnitude, 1e-3, `band ${b} at ${phase}`))
  })
})

describe('Damaged templates', () => {
  const name = 'periodic/test.lclib'
  const refused = async (text: string, message: RegExp): Promise<void> => {
    await assert.rejects(readLclib(folder({ [name]: text }), name), { code: 'templates-damaged', message })
  }
  const text = sines([7, 8])

  it('refuses a library and says where it is damaged', async () => {
    const { filters, events } = await readLclib(folder({ [name]: text }), name)
    assert.deepEqual([filters.join(''), events.length, events[1]!.parameters], ['gri', 2, { VSXOID: 8, PERIOD: 0.5 }])
    await refused('no library', /periodic\/test\.lclib: it does not begin as an LCLIB/)
    await refused(text.replace('NEVENT: 2', 'NEVENT: 3'), /promises 3 events and has 2/)
    await refused(text.slice(0, -200), /event 1 has no end/)
    await refused(text.replace('PARVAL: 8,0.5', 'PARVAL: 8'), /event 1 does not give 2 numbers behind PARVAL/)
    await refused(text.replace(/S: 0\.00\d+ /, 'S: nan '), /event 0 promises 128 lines and has 127 whole ones/)
    await refused(text.replace(/S: 0\.01\d+ /, 'S: 0.000000 '), /event 0 needs at least two lines .* ascending/)
  })

  it('refuses a period that its lines do not span', async () => {
    await assert.rejects(readPhasedCurves(folder({ [RR_LYRAE]: sines([...OPEN]).replace(/,0\.5$/m, ',0.6') }), RR_LYRAE, PULSATION),
      { code: 'templates-damaged', message: /RR Lyr\.lclib\.xz: event 0 does not give VSXOID, and PERIOD/ })
    await assert.rejects(readPhasedCurves(folder({ [RR_LYRAE]: sines([...OPEN]).replace('FILTERS: gri', 'FILTERS: gxi') }), RR_LYRAE, PULSATION),
      { code: 'templates-damaged', message: /its filters are 'gxi', but g and r are needed/ })
  })

  it('refuses what is not of Stripe 82', async () => {
    const star = USABLE_STRIPE_82_STARS[0]!
    const line = `${star} ab 0.6 ${['1 18 51000 100', '1 17 51000 100', '0.8 16.8 51000 100', '0.6 16.8 51000 100', '0.5 16.7 51000 100'].join(' ')}\n`
    const curve = Array.from({ length: 100 }, (_, k) => `${k / 100} ${0.5 - 0.5 * Math.cos(2 * Math.PI * k / 100)}\n`).join('')
    const templates = await tarOf(Object.fromEntries([...'ugriz'].map(band => [`100${band}.dat`, curve])))
    const files = { [STRIPE_82_TEMPLATES]: gzipSync(templates), [STRIPE_82_STARS]: line }
    const [whole] = await readStripe82(folder(files))
    near(whole!.colours[U]!, 1.3, 1e-9)
    const refusedWith = async (changed: Record<string, string | Buffer>, message: RegExp): Promise<void> => {
      await assert.rejects(readStripe82(folder({ ...files, ...changed })), { code: 'templates-damaged', message })
    }
    await refusedWith({ [STRIPE_82_TEMPLATES]: templates.subarray(0, 1100) }, /RRLyr_ugriz_templates\.tar\.gz: the archive cannot be read/)
    await refusedWith({ [STRIPE_82_TEMPLATES]: await tarOf({ '100u.dat': '0 0\n0.5 1\n' }) }, /100u\.dat is not at least 50 lines/)
    await refusedWith({ [STRIPE_82_STARS]: line.replace(' 100', ' 101') }, new RegExp(`table2\\.dat\\.gz: star ${star} has template 101u, which .* lacks`))
    await refusedWith({ [STRIPE_82_STARS]: line.replace(' ab ', ' d ') }, /does not have a type ab or c/)
    await refusedWith({ [STRIPE_82_STARS]: '# nothing' }, /holds none of the stars/)
  })
})

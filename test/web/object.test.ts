import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import test, { before, type TestContext } from 'node:test'
import fastify from 'fastify'
import type { Page } from 'playwright-core'
import type { AlertContext } from '../../src/alert/context/context.ts'
import { api, serverOptions } from '../../src/http/api.ts'
import type { Classification } from '../../src/state/views.ts'
import { apiOver, openService, type Service } from '../http/service.ts'
import { needs } from '../parts.ts'
import { alertFor, point } from '../pipeline.ts'
import { buildDashboard, openPage, originsOf, type PageOptions, type WatchedPage } from './browser.ts'
import { colourAt, plotted, watchPlots } from './plots.ts'
import { ALERTS, alertOf, observeSupernova, POINTS, SUPERNOVA } from './supernova.ts'

before(buildDashboard)

interface Opened extends Service, WatchedPage { address: string }

async function open (t: TestContext, options: PageOptions = {}): Promise<Opened> {
  const service = await openService(t)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const watched = await openPage(t, options)
  await watchPlots(watched.page)
  return { ...service, ...watched, address }
}

async function openSupernova (t: TestContext, options: PageOptions = {}, query = ''): Promise<Opened & { history: Classification[] }> {
  const opened = await open(t, options)
  await observeSupernova(opened)
  await opened.page.goto(`${opened.address}/objects/${SUPERNOVA}${query}`)
  await opened.page.locator('#connection[data-state=live]').waitFor()
  return { ...opened, history: opened.pipeline.store.reader.classifications(SUPERNOVA)! }
}

/** Waits until the headline shows a P(Ia). */
const showsProbability = (page: Page, { probabilityIa }: Pick<Classification, 'probabilityIa'>): Promise<void> =>
  page.locator(`#probability:text-is("${probabilityIa.toFixed(3)}")`).waitFor()

const published = (chance: Array<Array<number | null>>): number[] => chance[3]!.filter(value => value !== null)
const factOf = (page: Page, term: string): Promise<string> => page.locator(`#facts > div:has(dt:text-is("${term}")) dd`).innerText()

test('the light curve by band with its errors over P(Ia): the library has the data, and they are drawn', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, history, requests, complaints, ask } = await openSupernova(t)
  await showsProbability(page, history.at(-1)!)
  const { flux: [times, ...flux], chance: [, known, later, stood] } = await plotted(page).then(({ flux, chance }) => ({ flux, chance }))
  assert.deepEqual(times, POINTS.map(({ midpointMjdTai }) => midpointMjdTai))
  const ofBand = (place: number, band: string): Array<number | null> => POINTS.map((point): number | null => point.band === band ? point.psfFlux + [0, -1, 1][place]! * point.psfFluxErr : null)
  assert.deepEqual(flux.slice(6, 9), [0, 1, 2].map(place => ofBand(place, 'r')), 'fluxes in r, and the ends of their errors')
  assert.deepEqual(flux.slice(0, 1), [ofBand(0, 'u')])
  const { points } = (await ask(`/v1/objects/${SUPERNOVA}/light-curve`)).json<{ points: Array<{ probabilityIa: number | null }> }>()
  assert.deepEqual(known!.filter(value => value !== null), points.map(({ probabilityIa }) => probabilityIa).filter(value => value !== null))
  assert.equal(later!.filter(value => value !== null).length, 1, 'nothing came later than now')
  assert.deepEqual(published([[], [], [], stood!]).sort(), history.map(({ probabilityIa }) => probabilityIa).sort())
  assert.deepEqual(await page.locator('#bands button').allTextContents(), ['u 1, not used', 'g 2', 'r 3', 'i 1', 'z 1'])
  assert.deepEqual(originsOf(requests), [address])
  assert.deepEqual(complaints, [])
  assert.equal(await colourAt(page, 60010, 6500), '#c61c00', 'a detection in r is filled')
  assert.equal(await colourAt(page, 59995, -80), '#ffffff', 'forced photometry is hollow')
  assert.equal(await colourAt(page, 60003, 4000), '#ffc200')
})

test('a band can be hidden and shown again', async t => {
  if (!needs(t, 'chromium')) return
  const { page } = await openSupernova(t)
  const button = page.locator('#bands button[data-band=r]')
  await button.click()
  assert.equal(await button.getAttribute('aria-pressed'), 'false')
  assert.notEqual(await colourAt(page, 60000, 2000), '#c61c00')
  await button.click()
  await page.waitForFunction(() => document.querySelector('#bands button[data-band=r]')!.getAttribute('aria-pressed') === 'true')
  assert.equal(await colourAt(page, 60000, 2000), '#c61c00')
})

test('what is known of the object: position, redshift, counts, raw answers, the object elsewhere', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, ask, history } = await openSupernova(t)
  await showsProbability(page, history.at(-1)!)
  assert.match(await factOf(page, 'Position (ICRS)'), /^53\.100000 −27\.800000\s+03 32 24\.00 −27 48 00\.0$/)
  assert.equal(await factOf(page, 'Host redshift'), 'not known')
  assert.equal(await factOf(page, 'Photometric points'), '8')
  assert.match(await factOf(page, 'First detection (MJD)'), /^60000\.000 2023-02-24 23:59 UTC$/)
  const links = async (list: string): Promise<Array<[string, string]>> =>
    await page.locator(`${list} a`).evaluateAll(links => links.map(link => [link.textContent!, (link as HTMLAnchorElement).href]))
  const raw = await links('#raw')
  assert.deepEqual(raw.map(([name]) => name), ['Object (JSON)', 'Light curve (JSON)', 'Light curve (CSV)', 'History (JSON)', 'History (CSV)'])
  for (const [name, href] of raw) {
    const { status, headers } = await fetch(href)
    assert.equal(status, 200, name)
    assert.match(headers.get('content-type')!, name.includes('CSV') ? /^text\/csv/ : /^application\/json/)
  }
  assert.deepEqual((await links('#elsewhere')).slice(0, 3), [
    ['Fink', `https://lsst.fink-portal.org/${SUPERNOVA}`],
    ['ALeRCE', `https://lsst.alerce.online/object/${SUPERNOVA}?survey=lsst`],
    ['Lasair', `https://lasair.lsst.ac.uk/objects/${SUPERNOVA}/`]
  ])
  await ask({ method: 'PUT', url: `/v1/objects/${SUPERNOVA}/host`, payload: { redshift: 0.12, redshiftErr: 0.02 } })
  await page.locator('#facts dd:has-text("0.12 ± 0.02")').waitFor()
  assert.equal(await page.locator('#embed-code').inputValue(), `<iframe src="${address}/embed/objects/${SUPERNOVA}" width="760" height="600" title="P(Ia) of ${SUPERNOVA}"></iframe>`)
})

test('the context of the newest alert, and where the host redshift comes from; an object of unknown position has its page', async t => {
  if (!needs(t, 'chromium')) return
  const { pipeline, page, address, complaints } = await open(t)
  const context: AlertContext = {
    realBogus: { score: 0.9158, name: 'reliability' },
    templateFlux: 36009.25,
    isDipole: true,
    nearest: { catalogue: 'PS1', starScore: 0.23, separation: 0.072 },
    classes: [{ catalogue: 'SIMBAD', class: 'Galaxy' }, { catalogue: 'TNS', class: 'SN Ia', name: '2026abc' }],
    detections: 392,
    hostRedshifts: [
      { redshift: 0.083, redshiftErr: 0.021, kind: 'photometric', catalogue: 'Legacy Surveys DR8', separation: 1.42 },
      { redshift: 0.052, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }
    ]
  }
  const alert = alertFor('1', [point({ midpointMjdTai: 60000 })], { ra: Number.NaN, dec: Number.NaN, host: { redshift: 0.083, redshiftErr: 0.021, mwebv: null }, context })
  const [outcome] = await pipeline.processor.process([{ alert, origin: 'test' }])
  assert.equal(outcome!.outcome, 'classified')
  await page.goto(`${address}/objects/1`)
  await page.locator('#context').waitFor()
  assert.equal(await factOf(page, 'Host redshift'), '0.083 ± 0.021 of an alert: photometric, Legacy Surveys DR8, 1.42″')
  assert.equal(await factOf(page, 'Position (ICRS)'), 'not known')
  const said = await page.locator('#context-facts > div').evaluateAll(facts => facts.map(fact => [fact.querySelector('dt')!.textContent, (fact.querySelector('dd') as HTMLElement).innerText]))
  assert.deepEqual(said, [
    ['Real–bogus score', '0.916 reliability'],
    ['Nearest catalogued source', 'PS1, 0.07″ star score 0.23'],
    ['Template', '36010 nJy, 20.01 mag'],
    ['Shape', 'dipole in the difference image'],
    ['Survey’s detections', '392'],
    ['Redshifts named', '0.083 ± 0.021 photometric, Legacy Surveys DR8, 1.42″\n0.052 spectroscopic, TNS, not used'],
    ['Classes', 'Galaxy SIMBAD\nSN Ia TNS 2026abc\nshown only: P(Ia) does not rest on them']
  ])
  assert.deepEqual(await page.locator('#elsewhere a').allTextContents(), [])
  await page.goto(address)
  await page.locator('td[data-label="RA [deg]"]:has-text("–")').waitFor()
  assert.deepEqual(complaints, [])
})

test('an object whose alerts say nothing else has no context', async t => {
  if (!needs(t, 'chromium')) return
  const { page, history } = await openSupernova(t)
  await showsProbability(page, history.at(-1)!)
  assert.equal(await page.locator('#context').isVisible(), false)
})

test('asOf shows what had been published by then, in the plot, the headline, the table and the address', async t => {
  if (!needs(t, 'chromium')) return
  const { page, history, complaints } = await openSupernova(t)
  await showsProbability(page, history.at(-1)!)
  assert.equal(history.length, 4)
  assert.ok(history[1]!.revision > history[0]!.revision, 'late forced photometry revised the first')
  const slider = page.getByLabel('As of')
  await slider.focus()
  await page.keyboard.press('Home')
  await showsProbability(page, history[0]!)
  assert.equal(new URL(page.url()).searchParams.get('asOf'), history[0]!.publishedAt)
  assert.equal(await page.locator('#rests').innerText(), 'after 2 epochs, revision 0')
  const { chance } = await plotted(page)
  assert.deepEqual(published(chance), [history[0]!.probabilityIa])
  assert.equal(chance[1]!.filter(value => value !== null).length, 4, 'points up to the newest that the first classification rested on')
  assert.notEqual(await colourAt(page, 60010, 6500), '#c61c00', 'a later point is pale')
  assert.equal(await page.locator('#history tr[aria-current]').count(), 1)
  assert.equal(await page.locator('#history tr.later').count(), 3)
  assert.match(await page.locator('#raw a').nth(1).getAttribute('href') ?? '', /\/light-curve\?asOf=2026-/)

  await page.keyboard.press('ArrowRight')
  await showsProbability(page, history[1]!)
  await page.reload()
  await showsProbability(page, history[1]!)
  assert.equal(await slider.inputValue(), '1')
  await page.locator('#history button').nth(1).click()
  await showsProbability(page, history[2]!)
  await page.getByRole('button', { name: 'Back to now' }).click()
  await showsProbability(page, history[3]!)
  assert.equal(new URL(page.url()).search, '')
  assert.equal(await page.locator('#notice').isVisible(), false)
  // Chromium's advice to whoever reads pixels, as this test does.
  assert.deepEqual(complaints.filter(text => !text.includes('getImageData')), [])
})

test('a moment before anything was published has no P(Ia)', async t => {
  if (!needs(t, 'chromium')) return
  const { page } = await openSupernova(t, {}, '?asOf=2020-01-01T00:00:00Z')
  await page.locator('#notice:has-text("Nothing had been published by then.")').waitFor()
  assert.equal(await page.locator('#probability').innerText(), '–')
  assert.match(await page.locator('#as-of-time').innerText(), /^2020-01-01 00:00:00 UTC, before/)
})

test('a new point comes in by itself; a moment of the past stays as it is', async t => {
  if (!needs(t, 'chromium')) return
  const service = await openSupernova(t)
  const { page, pipeline, history, complaints } = service
  await showsProbability(page, history.at(-1)!)
  await alertOf(service, SUPERNOVA, [point({ midpointMjdTai: 60013, band: 'i', psfFlux: 7000 })])
  const newest = pipeline.store.reader.classifications(SUPERNOVA)!.at(-1)!
  await showsProbability(page, newest)
  assert.equal((await plotted(page)).flux[0]!.length, 9)
  assert.equal(await page.locator('#history tr').count(), 5)

  await page.locator('#history button').last().click()
  await showsProbability(page, history[0]!)
  await alertOf(service, SUPERNOVA, [point({ midpointMjdTai: 60016, band: 'z', psfFlux: 7000 })])
  await page.locator('#history tr').nth(5).waitFor()
  await showsProbability(page, history[0]!)
  assert.match(await page.locator('#as-of-time').innerText(), /\(1 of 6 times\)$/)
  assert.deepEqual(complaints, [])
})

test('a server that goes away is shown, and the page catches up when it is back', async t => {
  if (!needs(t, 'chromium')) return
  const service = await openSupernova(t)
  const { page, app, pipeline } = service
  const { port } = app.server.address() as AddressInfo
  await app.close()
  await page.locator('#connection[data-state=reconnecting]').waitFor()
  await alertOf(service, SUPERNOVA, [point({ midpointMjdTai: 60013, band: 'i', psfFlux: 7000 })])
  const again = fastify(serverOptions)
  t.after(() => again.close())
  await again.register(api, apiOver(pipeline))
  await again.listen({ port, host: '127.0.0.1' })
  await page.locator('#connection[data-state=live]').waitFor()
  await showsProbability(page, pipeline.store.reader.classifications(SUPERNOVA)!.at(-1)!)
})

test('why there is no classification: the reason, or that nobody has seen the object, until one comes', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t)
  const { page, address, pipeline } = service
  await page.goto(`${address}/objects/313934342374881399`)
  await page.locator('#notice:has-text("No object 313934342374881399 has been seen.")').waitFor()
  assert.equal(await page.locator('#of-object').isVisible(), false)
  await page.locator('#connection[data-state=live]').waitFor()
  await alertOf(service, '313934342374881399', ALERTS[0]!)
  await page.locator('#headline[data-state=classified]').waitFor()

  const [outcome] = await pipeline.processor.process([{ alert: alertFor('faint', [point({ psfFlux: 100 })]), origin: 'test' }])
  assert.equal(outcome!.reason, 'no-detection')
  await page.goto(`${address}/objects/faint`)
  await page.locator('#notice:text-is("No classification (no-detection): no point of the object so far has S/N > 5.")').waitFor()
  assert.equal(await page.locator('#elsewhere a:text-is("Fink")').count(), 0, 'faint is the id of no survey')
})

test('points are read out and the time axis is looked at more closely, with the pointer and with the keys alone', async t => {
  if (!needs(t, 'chromium')) return
  const { page, history } = await openSupernova(t)
  await showsProbability(page, history.at(-1)!)
  const readout = page.locator('#readout')
  await page.locator('#plot').focus()
  await page.keyboard.press('Home')
  assert.match(await readout.innerText(), /^MJD 59990\.0000 .* · g · 50 ± 150 nJy · forced photometry · epoch 1, then P\(Ia\) = 0\.\d{3}$/)
  await page.keyboard.press('ArrowRight')
  assert.match(await readout.innerText(), /^MJD 59995\.0000 .* · r · -80 ± 150 nJy · forced photometry · epoch 2/)
  await page.keyboard.press('End')
  assert.match(await readout.innerText(), /^MJD 60010\.0000 .* · r · 6,500 ± 100 nJy · detection · epoch 7/)
  await page.keyboard.press('ArrowLeft')
  assert.match(await readout.innerText(), /^MJD 60006\.0200 .* · u · 900 ± 100 nJy · detection · passed over: the model does not use the band$/)
  await page.keyboard.press('+')
  await page.getByRole('button', { name: 'Whole time' }).waitFor()
  await page.keyboard.press('0')
  await page.getByRole('button', { name: 'Whole time' }).waitFor({ state: 'hidden' })

  const place = await page.evaluate(async ([x, y]) => {
    const [plot] = await window.plotsOfTest()
    const { left, top } = (plot as unknown as { over: HTMLElement }).over.getBoundingClientRect()
    return { x: left + plot!.valToPos(x!, 'x', false), y: top + plot!.valToPos(y!, 'y', false) }
  }, [60003, 4000])
  await page.mouse.move(place.x + 3, place.y - 2)
  assert.match(await readout.innerText(), /^MJD 60003\.0000 .* · i · /)
  await page.mouse.down()
  await page.mouse.move(place.x + 90, place.y, { steps: 3 })
  await page.mouse.up()
  await page.getByRole('button', { name: 'Whole time' }).click()
})

test('what comes from the API is text, not markup', async t => {
  if (!needs(t, 'chromium')) return
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'
  const { page, address, complaints, ask } = await open(t)
  const classification = { diaObjectId: markup, probabilityIa: 0.5, epochs: 1, midpointMjdTai: 60000, revision: 0, classifierName: markup, classifierVersion: markup, publishedAt: '2026-05-01T00:00:00.000Z' }
  // The API refuses such an id and has no such reasons; the page must not rely on that.
  assert.equal((await ask('/v1/objects/%3Cimg%3E')).statusCode, 400)
  const answers: Record<string, object> = {
    'light-curve': { diaObjectId: markup, classifierName: markup, classifierVersion: markup, points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 1, psfFluxErr: 1, kind: markup, epoch: null, probabilityIa: null, reason: markup }, { midpointMjdTai: 60000, band: markup, psfFlux: 1, psfFluxErr: 1, kind: 'forced', epoch: null, probabilityIa: null, reason: markup }] },
    classifications: { classifications: [classification] },
    object: { diaObjectId: markup, ra: 0, dec: 0, host: { redshift: null, redshiftErr: null, mwebv: markup, givenAt: null }, points: markup, firstDetectionMjdTai: null, lastPointMjdTai: null, classification: null, declined: markup }
  }
  await page.route(/\/v1\/objects\/.*%3C/, async route => {
    const last = new URL(route.request().url()).pathname.split('/').at(-1)!
    await route.fulfill({ json: answers[last] ?? answers['object'] })
  })
  await page.goto(`${address}/objects/${encodeURIComponent(markup)}`)
  await page.locator('#notice:has-text("No classification (<img")').waitFor()
  assert.equal(await page.locator('#object-id').innerText(), markup)
  assert.equal(await page.locator('main img, main script').count(), 0)
  await page.locator('.points summary').click()
  assert.match(await page.locator('#points').innerText(), /<img/)
  assert.deepEqual(complaints.filter(text => !text.includes('400')), [])
})

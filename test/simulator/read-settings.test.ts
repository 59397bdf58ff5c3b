import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkShares, onlyClasses, parseSettings } from '../../src/simulator/read-settings.ts'
import { allClasses } from '../../src/simulator/settings.ts'
import { DEFAULT_CLASSES } from '../../src/simulator/settings.ts'
import { SKY_CLASSES } from '../../src/simulator/sources/source.ts'

test('what is not given is as it is without settings', () => {
  const { Ia, II } = allClasses(parseSettings({ classes: { Ia: { share: 3, redshift: { least: 0.1, most: 0.2 } } } }, 'x.json'))
  assert.deepEqual(Ia, { ...DEFAULT_CLASSES.Ia, share: 3, redshift: { least: 0.1, most: 0.2 } })
  assert.deepEqual(II, DEFAULT_CLASSES.II)
})

test('wrong settings are refused with the key', () => {
  for (const [given, message] of [
    [{ classes: { Foo: { share: 1 } } }, /^x\.json: classes\.Foo is no class; the classes are Ia, Ia-peculiar/],
    [{ clases: {} }, /clases is no setting/],
    [{ classes: { Ia: { rate: 1 } } }, /classes\.Ia\.rate is no setting/],
    [{ classes: { Ia: { share: -1 } } }, /classes\.Ia\.share: too small/],
    [{ classes: { TDE: { volumetricRate: -1e-6 } } }, /classes\.TDE\.volumetricRate: too small/],
    [{ classes: { RRL: { density: -3 } } }, /classes\.RRL\.density: too small/],
    [{ classes: { Ia: { redshift: { least: 0.5, most: 0.2 } } } }, /classes\.Ia\.redshift: least \(0\.5\) is not below most \(0\.2\)/],
    [{ classes: { CV: { redshift: { least: 0.1, most: 0.2 } } } }, /classes\.CV\.redshift is given/],
    [{ classes: { Ia: { redshift: null } } }, /classes\.Ia\.redshift is null/],
    [{ classes: { Ia: { volumetricRate: null } } }, /classes\.Ia has neither a volumetricRate nor a density/],
    [{ classes: { EB: { volumetricRate: 1e-5 } } }, /classes\.EB has a volumetricRate and a density/],
    [{ classes: { Ia: { skies: ['euclid'] } } }, /classes\.Ia\.skies\.0: invalid option/],
    [{ classes: { Ia: { share: 'all' } } }, /classes\.Ia\.share: invalid input/],
    [[], /^x\.json: invalid input/]
  ] as const) assert.throws(() => parseSettings(given, 'x.json'), { code: 'usage', message })
})

test('a sky needs a class with a share', () => {
  const none = parseSettings({ classes: Object.fromEntries(SKY_CLASSES.map(skyClass => [skyClass, { share: 0 }])) }, 'x.json')
  assert.throws(() => checkShares(none, 'lsst', 'x.json'), /x\.json: classes: no class of the sky lsst has a share above 0/)
  const elsewhere = parseSettings({ classes: Object.fromEntries(SKY_CLASSES.map(skyClass => [skyClass, { skies: ['ztf'] }])) }, 'x.json')
  assert.throws(() => checkShares(elsewhere, 'lsst', 'x.json'), /sky lsst/)
  checkShares(elsewhere, 'ztf', 'x.json')
})

test('classes can be chosen where the sky has them', () => {
  const settings = parseSettings({ classes: { TDE: { share: 0 }, AGN: { skies: ['ztf'] } } }, 'x.json')
  const chosen = allClasses(onlyClasses(settings, 'lsst', ['Ia', 'II']))
  assert.deepEqual(SKY_CLASSES.filter(skyClass => chosen[skyClass].share > 0), ['Ia', 'II'])
  assert.throws(() => onlyClasses(settings, 'lsst', ['TDE']), /--classes TDE: classes\.TDE\.share is 0/)
  assert.throws(() => onlyClasses(settings, 'lsst', ['AGN']), /--classes AGN: classes\.AGN\.skies does not have lsst/)
})

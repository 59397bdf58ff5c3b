import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { classesSchema, classify, type Classes } from '../../../src/training/data/classes.ts'
import { classesOfCard } from '../../../src/training/evaluation/model-card.ts'
import { readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { trainingSettingsSchema } from '../../../src/training/settings.ts'
import { writePair } from '../../alert/snana/fits-pair.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from './generated-light-curves.ts'

const classes: Classes = {
  classes: { Ia: ['Ia', '101', 'SNIa-Normal'], peculiar: ['91bg', 'Iax'], CC: ['II', 'Ib', 'Ic', '32'], other: [] }, positive: ['Ia', 'peculiar'], others: 'other'
}

test('without a classes file each type is a class, and only Ia is Ia', () => {
  const classified = (['Ia', 'Ib', 'IIn', '101'] as const).map(label => classify([label], null))
  assert.deepEqual(classified, [{ type: 'Ia', isIa: true }, { type: 'Ib', isIa: false }, { type: 'IIn', isIa: false }, { type: '101', isIa: false }])
})

test('labels become classes, several of which may count as Ia; the first label that a class names decides', () => {
  assert.deepEqual(classify(['SNIa-Normal'], classes), { type: 'Ia', isIa: true })
  assert.deepEqual(classify(['Iax', '32'], classes), { type: 'peculiar', isIa: true })
  assert.deepEqual(classify(['SALT2.X', '32'], classes), { type: 'CC', isIa: false })
  assert.deepEqual(classify(['AGN'], classes), { type: 'other', isIa: false })
  assert.equal(classify(['AGN'], { ...classes, others: 'skip' }), 'skip')
  assert.equal(classify(['AGN'], { ...classes, others: 'refuse' }), 'unknown')
})

test('a classes file that cannot be meant is refused with what was expected', () => {
  const given = { classes: { Ia: ['Ia', '1'], CC: ['II'] }, positive: ['Ia'] }
  assert.deepEqual(classesSchema.parse(given), { ...given, others: 'refuse' })
  const cases: Array<[object, RegExp]> = [
    [{ classes: { Ia: ['Ia', '1'], CC: ['II', '1'] } }, /label '1' stands in 'Ia' already/],
    [{ classes: { Ia: ['Ia'], CC: [] } }, /an empty class/],
    [{ classes: { Ia: ['Ia'] } }, /2 to 64 classes are expected, 1 are given/],
    [{ classes: { Ia: ['Ia'], skip: ['II'] } }, /neither refuse nor skip/],
    [{ classes: { Ia: [101], CC: ['II'] } }, /expected string/],
    [{ positive: ['la'] }, /'la' is no class; expected some of 'Ia', 'CC'/],
    [{ positive: ['Ia', 'CC'] }, /every class is positive/],
    [{ positive: [] }, />=1 items/],
    [{ others: 'refues' }, /'refues' is neither refuse nor skip nor one of the classes 'Ia', 'CC'/],
    [{ colour: 'red' }, /Unrecognized key: ..?colour/]
  ]
  for (const [change, message] of cases) {
    const parsed = classesSchema.safeParse({ ...given, ...change })
    assert.match(parsed.error?.message ?? 'accepted', message)
  }
})

test('objects of text and FITS files carry their class; unknown types are refused with their counts, or skipped', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'text'))
  for (let k = 1; k <= 3; k++) {
    const typed = generatedLightCurve(k, true).replace(/^SIM_COMMENT.*$/m, ['SIM_TYPE_NAME: SNIa-Normal', 'SIM_MODEL_NAME: SALT2.X\nSIM_TYPE_INDEX: 32  (true)', 'SNTYPE: 88'][k - 1]!)
    writeFileSync(join(folder, 'text', `${k}.DAT`), typed)
  }
  writePair(folder, 'A', [generatedLightCurve(4, true), generatedLightCurve(5, false), generatedLightCurve(6, false)], {
    change: head => head.find(({ name }) => name === 'SIM_TYPE_NAME')!.values.splice(0, 3, 'Iax', 'AGN', 'AGN')
  })
  const read = async (others: string): ReturnType<typeof readLabelledObjects> => readLabelledObjects([folder], 'all', { ...classes, others })
  const { objects } = await read('other')
  assert.deepEqual(objects.map(({ snid, type, isIa }) => [snid, type, isIa]).sort(), [
    ['1', 'Ia', true], ['2', 'CC', false], ['3', 'other', false], ['4', 'peculiar', true], ['5', 'other', false], ['6', 'other', false]])
  await assert.rejects(read('refuse'), { code: 'type-unknown', message: /no class names the types 'AGN' \(2\), '88' \(1\); the classes are 'Ia', 'peculiar', 'CC', 'other'/ })
  const { objects: kept, skipped, passedOver } = await read('skip')
  assert.deepEqual([kept.length, skipped, passedOver], [3, { 88: 1, AGN: 2 }, []])
})

test('the classes are a setting, and the card gives them back', () => {
  assert.equal(trainingSettingsSchema.parse({}).classes, null)
  assert.deepEqual(trainingSettingsSchema.parse({ classes }).classes, classes)
  assert.deepEqual([classesOfCard({}), classesOfCard({ classes })], [null, classes])
  assert.throws(() => classesOfCard({ classes: { Ia: [] } }), { code: 'model-classes-invalid' })
})

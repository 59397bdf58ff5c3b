/** model.json: format 1 of networks without classes, format 2 of those with them. */
import { z } from 'zod'
import { BANDS } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { knownFeatureVersion } from '../light-curve/features/features.ts'
import { CELL_NAMES } from './cells/layout.ts'
import { classSharesSchema } from './class-shares.ts'
import type { Calibrated } from './probabilities.ts'
import { CONSENSUSES, weightSpecs, type NetworkShape } from './shape.ts'

const rising = (knots: ReadonlyArray<{ epochs: number }>): boolean => knots.every((knot, k) => k === 0 || knots[k - 1]!.epochs < knot.epochs)

const calibrationSchema = z.strictObject({
  temperature: z.number().positive(),
  byEpochs: z.array(z.strictObject({ epochs: z.number().min(1), slope: z.number().positive(), offset: z.number() }))
    .min(1).refine(rising, 'epochs must rise').readonly().optional()
})

const classCalibrationSchema = z.strictObject({
  byEpochs: z.array(z.strictObject({ epochs: z.number().min(1), slope: z.number().positive(), offsets: z.array(z.number()).readonly() }))
    .min(1).refine(rising, 'epochs must rise').readonly(),
  spread: z.number().min(0)
})

/** How far from 1 the shares of a row may sum. */
const SUM_TOLERANCE = 1e-6

const classesSchema = z.array(z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/),
  id: z.int().min(0),
  positive: z.boolean()
})).min(2).max(64).readonly()
  .refine(classes => new Set(classes.map(({ name }) => name)).size === classes.length, 'names of classes must differ')
  .refine(classes => classes.some(({ positive }) => positive) && classes.some(({ positive }) => !positive), 'at least one class must be positive and at least one not')

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+$/),
  cell: z.enum(CELL_NAMES),
  bands: z.array(z.enum(BANDS)).min(1).readonly(),
  fluxUnit: z.literal('nJy'),
  zeroPoint: z.literal(31.4),
  featureVersion: z.int(),
  layers: z.int().min(1).max(4),
  width: z.int().min(1).max(256),
  headWidth: z.int().min(1).max(256)
}
const weightsSchema = z.array(z.strictObject({ name: z.string(), shape: z.array(z.int().positive()) }))

const withoutClassesSchema = z.strictObject({ format: z.literal(1), ...common, calibration: calibrationSchema, weights: weightsSchema })

const withClassesSchema = z.strictObject({
  format: z.literal(2),
  ...common,
  heads: z.int().min(1).max(64),
  consensus: z.enum(CONSENSUSES),
  classes: classesSchema,
  /** Absent of models without one. */
  decoder: z.strictObject({ width: z.int().min(1).max(256), days: z.int().min(1).max(100) }).optional(),
  calibration: classCalibrationSchema,
  trainingShares: classSharesSchema(SUM_TOLERANCE),
  weights: weightsSchema
}).superRefine(({ classes, calibration, trainingShares, decoder, featureVersion }, context) => {
  if (decoder !== undefined && featureVersion < 2) context.addIssue({ code: 'custom', path: ['decoder'], message: 'a decoder needs features of version 2' })
  const fits = (values: readonly unknown[], path: Array<string | number>): void => {
    if (values.length !== classes.length) context.addIssue({ code: 'custom', path, message: `${values.length} values of ${classes.length} classes` })
  }
  calibration.byEpochs.forEach(({ offsets }, k) => fits(offsets, ['calibration', 'byEpochs', k, 'offsets']))
  trainingShares.shares.forEach((row, k) => fits(row, ['trainingShares', 'shares', k]))
})

const descriptionSchema = z.discriminatedUnion('format', [withoutClassesSchema, withClassesSchema])
export type ModelDescription = z.infer<typeof descriptionSchema>

/** What model.json says of a model. */
export type Described = { name: string, version: string, shape: NetworkShape } & Calibrated

/** @throws Error that says what is wrong, in one line */
export function readDescription (value: unknown): Described {
  const parsed = descriptionSchema.safeParse(value)
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error).replaceAll('\n', '; '), { cause: parsed.error })
  const description = parsed.data
  const { name, version, cell, bands, layers, width, headWidth } = description
  const sizes = { cell, bands, features: knownFeatureVersion(description.featureVersion), layers, width, headWidth }
  const [shape, calibrated]: [NetworkShape, Calibrated] = description.format === 1
    ? [{ ...sizes, consensus: 'mean', heads: 1, classes: null, decoder: null }, { classes: null, calibration: description.calibration }]
    : [
        { ...sizes, consensus: description.consensus, heads: description.heads, classes: description.classes.length, decoder: description.decoder ?? null },
        { classes: description.classes, calibration: description.calibration, trainingShares: description.trainingShares }
      ]
  if (JSON.stringify(weightSpecs(shape)) !== JSON.stringify(description.weights.map(({ name, shape }) => ({ name, shape })))) {
    throw new Error('the listed weights are not those of its cell, layers and widths')
  }
  return { name, version, shape, ...calibrated }
}

/** @throws CandelaError `model-invalid` where no format can hold the model */
export function descriptionOf (model: Described): ModelDescription {
  const { cell, bands, features, layers, width, headWidth, heads, consensus, classes, decoder } = model.shape
  const common = {
    name: model.name, version: model.version, cell, bands: [...bands], fluxUnit: 'nJy', zeroPoint: 31.4, featureVersion: features, layers, width, headWidth
  } as const
  const weights = weightSpecs(model.shape).map(({ name, shape }) => ({ name, shape: [...shape] }))
  if (classes !== (model.classes?.length ?? null)) throw unwritable(model, `${classes ?? 'no'} classes in its shape, ${model.classes?.length ?? 'none'} named`)
  if (model.classes !== null) {
    return { format: 2, ...common, heads, consensus, classes: model.classes, ...decoder !== null && { decoder }, calibration: model.calibration, trainingShares: model.trainingShares, weights }
  }
  if (decoder !== null) throw unwritable(model, 'without classes it has a decoder')
  if (heads !== 1 || consensus !== 'mean') throw unwritable(model, `without classes it has ${heads} heads and the consensus '${consensus}'`)
  return { format: 1, ...common, calibration: model.calibration, weights }
}

const unwritable = ({ name, version }: Described, message: string): CandelaError => new CandelaError('model-invalid', `model ${name}/${version}: ${message}`, {
  action: 'A model without classes has one head and the consensus \'mean\'; one with classes names as many as its network tells apart.'
})

/**
 * Pitt-Google's messages in JSON: the whole LSST alert with its cut-outs as base64, and the lite form, under `alert_lite` or
 * alone, beside what Pitt-Google's modules say (`SuperNNova`, `xmatch_gaia`). Lite has no flags, no reliability and no
 * ssObjectId; a record that is missing is `{}`. Attributes of the message name the object, or the body of the solar system.
 * The alerts in Avro, framed, are Rubin's own: see lsst.ts.
 */
import type { z } from 'zod'
import type { Alert, ReadAs } from '../../alert.ts'
import type { CatalogueClass, NearestSource } from '../../context/context.ts'
import type { JsonDialect, Reading } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { checked } from '../../json/checked.ts'
import { flag, id, isRecord, listOf, number, object, text } from '../../json/fields.ts'
import { contextOf } from '../../context/known-context.ts'
import { numberIn, textIn } from '../cells.ts'
import { LSST_FLAGS } from '../lsst-flags.ts'
import { lsstAlert } from '../lsst.ts'

const photometry = {
  visit: number, midpointMjdTai: number, band: text, psfFlux: number, psfFluxErr: number, timeProcessedMjdTai: number, timeProcessedUtc: number, timeWithdrawnMjdTai: number
}
const flags = Object.fromEntries(LSST_FLAGS.map(name => [name, flag])) as Record<typeof LSST_FLAGS[number], typeof flag>
const source = { ...photometry, ...flags, reliability: number, diaSourceId: id, diaObjectId: id, ssObjectId: id }

const alertSchema = object({
  diaSource: object({ ...source, ra: number, dec: number, templateFlux: number, extendedness: number, isDipole: flag }),
  prvDiaSources: listOf(object(source).nullable()),
  prvDiaForcedSources: listOf(object(photometry).nullable()),
  diaObject: object({ diaObjectId: id, ra: number, dec: number, nDiaSources: number, firstDiaSourceMjdTai: number }).nullish(),
  ssSource: object({ ssObjectId: id }).nullish()
})

const recordIn = (document: object, name: string): Record<string, unknown> | undefined => {
  const value = (document as Record<string, unknown>)[name]
  return isRecord(value) ? value : undefined
}

const packetIn = (document: object): object => recordIn(document, 'alert_lite') ?? document

/** Attributes of Pub/Sub are text. */
function attribute ({ carrier }: Given, name: string): bigint | null {
  const value = carrier?.headers[name]?.toString() ?? ''
  return /^\d{1,20}$/.test(value) ? BigInt(value) || null : null
}

/** Within this a variable of Gaia is the source itself [arcsec]; Pitt-Google looks for the nearest within 90″. */
const SAME_SOURCE = 1.5

/** The nearest variable of Gaia DR3. */
function gaiaFacts (match: Record<string, unknown>): { nearest: NearestSource, classes: CatalogueClass[] } {
  const separation = numberIn(match['separation_to_closest_gaia_source'])
  const name = textIn(match['closest_gaia_source'])
  const found = textIn(match['closest_gaia_source_class'])
  return {
    nearest: { catalogue: 'Gaia DR3', starScore: null, separation },
    classes: found !== null && separation !== null && separation <= SAME_SOURCE ? [{ catalogue: 'Gaia DR3', class: found, ...name !== null && { name: `Gaia DR3 ${name}` } }] : []
  }
}

/** SuperNNova's first class is SN Ia, its second all others; null at bodies of the solar system. */
function superNNova (said: Record<string, unknown>): CatalogueClass[] {
  const [ia, others] = [numberIn(said['prob_class0']), numberIn(said['prob_class1'])]
  if (ia === null) return []
  return [{ catalogue: 'SuperNNova', class: ia >= (others ?? 1 - ia) ? `SN Ia (P ${ia.toFixed(2)})` : `not SN Ia (P(Ia) ${ia.toFixed(2)})` }]
}

const READ_AS: ReadAs = { dialect: 'pittgoogle', fluxUnit: 'nJy', survey: 'LSST' }

type Packet = Pick<z.output<typeof alertSchema>, 'diaSource' | 'prvDiaSources' | 'prvDiaForcedSources'>

/** Lite leaves out the visits of detections alone: a detection and the forced photometry of its exposure would be two points. */
const withVisitsOfAllOrNone = <Of extends Packet>(packet: Of): Of => packet.diaSource.visit !== null
  ? packet
  : {
      ...packet, prvDiaForcedSources: packet.prvDiaForcedSources.map(source => source && { ...source, visit: null })
    }

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
async function pittgoogleAlert (document: object, { given }: Reading): Promise<Alert> {
  const { diaObject, ssSource, ...whole } = await checked(alertSchema, packetIn(document))
  const record = withVisitsOfAllOrNone(whole)
  const known = diaObject ?? { diaObjectId: null, ra: null, dec: null, nDiaSources: null, firstDiaSourceMjdTai: null }
  const body = record.diaSource.ssObjectId ?? ssSource?.ssObjectId ?? attribute(given, 'ssSource_ssObjectId')
  // The attribute of the object is the one that the packet lacks.
  const diaObjectId = known.diaObjectId ?? record.diaSource.diaObjectId ?? attribute(given, 'diaObject_diaObjectId')
  const { context: own, ...alert } = lsstAlert({ ...record, diaSource: { ...record.diaSource, ssObjectId: body }, diaObject: { ...known, diaObjectId } }, given)
  const { nearest, classes = [] } = mapped(recordIn(document, 'xmatch_gaia'), gaiaFacts) ?? {}
  const context = contextOf({ ...own, ...nearest && { nearest }, classes: [...classes, ...mapped(recordIn(document, 'SuperNNova'), superNNova) ?? []] })
  return { ...alert, ...context && { context }, readAs: READ_AS }
}

const mapped = <From, To>(value: From | undefined, to: (value: From) => To): To | undefined => value === undefined ? undefined : to(value)

export const pittgoogle: JsonDialect = { name: 'pittgoogle', matches: document => recordIn(packetIn(document), 'diaSource') !== undefined, alerts: pittgoogleAlert }

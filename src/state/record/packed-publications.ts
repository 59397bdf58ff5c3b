/** The published history as bytes at rest: each publication as differences to the one before. */
import { readUint8, readVarInt, readVarString, readVarUint, type Decoder } from 'lib0/decoding'
import { writeUint8, writeVarInt, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import { TICKS_A_DAY } from '../../light-curve/stored-point.ts'
import { readClassList, readParts, writeClassList, writeParts } from './packed-classes.ts'
import { PHASE_STEPS, sameList } from './probabilities.ts'
import { PROBABILITY_STEPS, type Publication, type PublishedClasses } from './record.ts'

/** Compared with the publication before: one epoch more, the same revision, the same model. */
const NEXT_EPOCH = 0x01
const SAME_REVISION = 0x02
const SAME_MODEL = 0x04
/** With the error of P(Ia), with class probabilities; older versions of Candela leave these bits 0. */
const WITH_ERROR = 0x08
const WITH_CLASSES = 0x10
/** Compared with the last one that has classes: the same ones, and the same class shares. */
const SAME_CLASSES = 0x20
/** With a phase; versions of Candela before leave this bit 0. */
const WITH_PHASE = 0x40

const NO_PUBLICATION: Publication = { publishedAt: 0, probabilityIa: 0, epochs: 0, midpointMjdTai: 0, revision: 0, model: '' }

const sameClasses = (a: PublishedClasses, b: PublishedClasses | undefined): boolean => b !== undefined && a.shares === b.shares && sameList(a.names, b.names)

const phaseSteps = (days: number): number => Math.round(days * PHASE_STEPS)

/** P(Ia) as u24 of 10⁻⁷, its error as so many of them; the phase in 0.1 d, and how far from it its interval ends on both sides. */
export function writePublications (encoder: Encoder, publications: readonly Publication[]): void {
  writeVarUint(encoder, publications.length)
  let last = NO_PUBLICATION
  let lastClasses: PublishedClasses | undefined
  for (const publication of publications) {
    const { publishedAt, probabilityIa, probabilityIaErr, classes, phase, epochs, midpointMjdTai, revision, model } = publication
    const flags = (epochs === last.epochs + 1 ? NEXT_EPOCH : 0) | (revision === last.revision ? SAME_REVISION : 0) | (model === last.model ? SAME_MODEL : 0) |
      (probabilityIaErr === undefined ? 0 : WITH_ERROR) | (classes ? WITH_CLASSES : 0) | (classes && sameClasses(classes, lastClasses) ? SAME_CLASSES : 0) | (phase ? WITH_PHASE : 0)
    const steps = Math.round(probabilityIa * PROBABILITY_STEPS)
    writeUint8(encoder, flags)
    writeUint8(encoder, steps >> 16)
    writeUint8(encoder, steps >> 8 & 0xff)
    writeUint8(encoder, steps & 0xff)
    writeVarInt(encoder, publishedAt - last.publishedAt)
    writeVarInt(encoder, Math.round(midpointMjdTai * TICKS_A_DAY) - Math.round(last.midpointMjdTai * TICKS_A_DAY))
    if ((flags & NEXT_EPOCH) === 0) writeVarInt(encoder, epochs - last.epochs)
    if ((flags & SAME_REVISION) === 0) writeVarInt(encoder, revision - last.revision)
    if ((flags & SAME_MODEL) === 0) writeVarString(encoder, model)
    if (probabilityIaErr !== undefined) writeVarUint(encoder, Math.round(probabilityIaErr * PROBABILITY_STEPS))
    if (classes) {
      if ((flags & SAME_CLASSES) === 0) writeClassList(encoder, classes)
      writeParts(encoder, classes.parts)
      lastClasses = classes
    }
    if (phase) {
      const median = phaseSteps(phase.phase)
      for (const steps of [median, median - phaseSteps(phase.phaseLow), phaseSteps(phase.phaseHigh) - median]) writeVarInt(encoder, steps)
    }
    last = publication
  }
}

export function readPublications (decoder: Decoder): Publication[] {
  let last = NO_PUBLICATION
  let lastClasses: PublishedClasses | undefined
  return Array.from({ length: readVarUint(decoder) }, () => {
    const flags = readUint8(decoder)
    const steps = readUint8(decoder) << 16 | readUint8(decoder) << 8 | readUint8(decoder)
    last = {
      probabilityIa: steps / PROBABILITY_STEPS,
      publishedAt: last.publishedAt + readVarInt(decoder),
      midpointMjdTai: (Math.round(last.midpointMjdTai * TICKS_A_DAY) + readVarInt(decoder)) / TICKS_A_DAY,
      epochs: last.epochs + ((flags & NEXT_EPOCH) === 0 ? readVarInt(decoder) : 1),
      revision: last.revision + ((flags & SAME_REVISION) === 0 ? readVarInt(decoder) : 0),
      model: (flags & SAME_MODEL) === 0 ? readVarString(decoder) : last.model
    }
    if ((flags & WITH_ERROR) !== 0) last.probabilityIaErr = readVarUint(decoder) / PROBABILITY_STEPS
    if ((flags & WITH_CLASSES) !== 0) {
      const list = (flags & SAME_CLASSES) === 0 ? readClassList(decoder) : lastClasses
      if (!list) throw new Error('its classes have no names')
      last.classes = lastClasses = { names: list.names, parts: readParts(decoder, list.names.length), shares: list.shares }
    }
    if ((flags & WITH_PHASE) !== 0) {
      const [median, below, above] = [readVarInt(decoder), readVarInt(decoder), readVarInt(decoder)]
      last.phase = { phase: median / PHASE_STEPS, phaseLow: (median - below) / PHASE_STEPS, phaseHigh: (median + above) / PHASE_STEPS }
    }
    return last
  })
}

/** Class probabilities as bytes at rest. */
import { readUint8, readVarString, readVarUint, type Decoder } from 'lib0/decoding'
import { writeUint8, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import type { PublishedClasses } from './record.ts'

/** Names that lie as their places in this list, from 1: new ones go to the end. Other names are written out, behind a 0. */
const FREQUENT_NAMES = [
  'Ia', 'Ia-peculiar', 'Ibc', 'II', 'SLSN', 'TDE', 'fast', 'AGN', 'CV', 'M-dwarf', 'RRL', 'Cepheid', 'DSCT', 'EB', 'LPV', 'artefact',
  'training', 'lsst', 'ztf'
]

function writeName (encoder: Encoder, name: string): void {
  const place = FREQUENT_NAMES.indexOf(name) + 1
  writeVarUint(encoder, place)
  if (place === 0) writeVarString(encoder, name)
}

function readName (decoder: Decoder): string {
  const place = readVarUint(decoder)
  const name = place === 0 ? readVarString(decoder) : FREQUENT_NAMES[place - 1]
  if (name === undefined) throw new Error(`it has a name of place ${place}, which this Candela does not know`)
  return name
}

type ClassList = Pick<PublishedClasses, 'names' | 'shares'>

export function writeClassList (encoder: Encoder, { names, shares }: ClassList): void {
  writeVarUint(encoder, names.length)
  for (const name of names) writeName(encoder, name)
  writeName(encoder, shares)
}

export function readClassList (decoder: Decoder): ClassList {
  const names = Array.from({ length: readVarUint(decoder) }, () => readName(decoder))
  return { names, shares: readName(decoder) }
}

const FLAGS = 8

/** Flags of the parts above 0, eight in a byte, then each of these parts. */
export function writeParts (encoder: Encoder, parts: readonly number[]): void {
  for (let first = 0; first < parts.length; first += FLAGS) {
    writeUint8(encoder, parts.slice(first, first + FLAGS).reduce((flags, part, k) => flags | (part === 0 ? 0 : 1 << k), 0))
  }
  for (const part of parts) if (part !== 0) writeVarUint(encoder, part)
}

export function readParts (decoder: Decoder, count: number): number[] {
  const flags = Array.from({ length: Math.ceil(count / FLAGS) }, () => readUint8(decoder))
  return Array.from({ length: count }, (_, k) => (flags[Math.floor(k / FLAGS)]! & 1 << k % FLAGS) === 0 ? 0 : readVarUint(decoder))
}

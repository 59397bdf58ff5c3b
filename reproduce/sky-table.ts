/** The table of docs/sky-model.md: what each part of the model of the whole sky is worth. */
import { basename } from 'node:path'
import { SKY_PARTS, SPCC_SET } from './sky.ts'
import { head, row, spread } from './markdown.ts'

/** What a card says of objects of one set and type; shares in per cent. */
export interface TypeShares {
  set: string
  class: string
  objects: number
  /** P(Ia) > 0.5 and > 0.9, at the end and at any epoch. */
  end: readonly [number, number]
  ever: readonly [number, number]
}

export interface SkyOfCard {
  types: readonly TypeShares[]
  moments: ReadonlyArray<{ moment: string, auc: number | null, accuracy?: number | null }>
}

type Shares = Record<'half' | 'sure', number>

/** What `candela evaluate --json` says of them; shares from 0 to 1. */
export interface EvaluatedSky {
  sky: { types: ReadonlyArray<{ set: string, type: string, objects: number, end: Shares, ever: Shares }> }
}

const perCent = ({ half, sure }: Shares): [number, number] => [100 * half, 100 * sure]

/** The lines of the sets that a run was not trained on. */
const typesOf = ({ sky }: EvaluatedSky, sets: readonly string[]): TypeShares[] => sky.types
  .map(({ set, type, objects, end, ever }) => ({ set: basename(set), class: type, objects, end: perCent(end), ever: perCent(ever) }))
  .filter(({ set }) => sets.includes(set))

/** Share of the objects of some sets and classes [%]; null where there are none. */
function share (types: readonly TypeShares[], sets: readonly string[], classes: readonly string[] | null, of: (line: TypeShares) => number): number | null {
  const lines = types.filter(line => sets.includes(line.set) && (classes === null || classes.includes(line.class)))
  const objects = lines.reduce((sum, line) => sum + line.objects, 0)
  return objects === 0 ? null : lines.reduce((sum, line) => sum + line.objects * of(line), 0) / objects
}

const calledIa = ({ end }: TypeShares): number => end[0]
const right = (line: TypeShares): number => line.class === 'Ia' ? line.end[0] : 100 - line.end[0]
const REAL_ZTF = ['ztf-ia.tar.xz', 'ztf-bts.tar.xz']
const REAL_STARS = ['ztf-variables.tar.xz', 's82-rrlyrae.tar.xz']

const COLUMNS: ReadonlyArray<readonly [string, (types: readonly TypeShares[]) => number | null]> = [
  ['LSST Ia', types => share(types, ['lsst'], ['Ia'], calledIa)],
  ['ZTF Ia', types => share(types, ['ztf'], ['Ia'], calledIa)],
  ['DES Ia', types => share(types, ['des'], ['Ia'], calledIa)],
  ['generic Ia', types => share(types, ['generic'], ['Ia'], calledIa)],
  ['LSST Ibc', types => share(types, ['lsst'], ['Ibc'], calledIa)],
  ['LSST SLSN, TDE', types => share(types, ['lsst'], ['SLSN', 'TDE'], calledIa)],
  ['real Ia', types => share(types, REAL_ZTF, ['Ia'], calledIa)],
  ['real II, Ibc', types => share(types, REAL_ZTF, ['II', 'Ibc'], calledIa)],
  ['real stars, ever', types => share(types, REAL_STARS, null, ({ ever }) => ever[0])],
  ['ELAsTiCC Ia', types => share(types, ['elasticc-ia.tar.xz'], ['Ia'], calledIa)],
  ['challenge, right', types => share(types, [SPCC_SET], null, right)]
]

/**
 * @param skies of the cards, by run and seed
 * @param leftOut by run: measured on the test part of the first run, for the sets that a run left out
 */
export function skyParts (skies: Readonly<Record<string, readonly SkyOfCard[]>>, leftOut: Readonly<Record<string, EvaluatedSky>>): string[] {
  const rows = SKY_PARTS.flatMap(({ name, about, without = [] }) => {
    const measured = (skies[name] ?? []).map(({ types, moments }) => {
      const end = moments.find(({ moment }) => moment === 'end')
      const all = [...types, ...leftOut[name] === undefined ? [] : typesOf(leftOut[name], without)]
      // Figures of all sets together compare only where the sets are the same.
      return [...COLUMNS.map(([, of]) => of(all)), ...without.length > 0 ? [null, null] : [end?.accuracy ?? null, end?.auc ?? null]]
    })
    if (measured.length === 0) return []
    const shown = (label: string, seeds: ReadonlyArray<ReadonlyArray<number | null>>): string =>
      row(label, ...seeds[0]!.map((_, k) => spread(seeds.map(values => values[k]!), k === seeds[0]!.length - 1 ? 3 : 1)))
    return measured.length === 1 ? [shown(about, measured)] : [...measured.map((values, k) => shown(`${about}, seed ${k + 1}`, [values])), shown(`${about}, mean`, measured)]
  })
  return rows.length === 0
    ? []
    : [
        '## What each part of the model of the sky is worth', '',
        'Per cent of the objects of the test part with P(Ia) > 0.5 at the end, of real stars at any epoch; of the challenge the share on the right side of 0.5. Photo-z and context unknown.', '',
        ...head('trained with', ...COLUMNS.map(([title]) => title), 'accuracy, 16 classes', 'AUC'), ...rows
      ]
}

/** Runs that left out sets, and are measured on them afterwards. */
export const LEFT_OUT = SKY_PARTS.filter(({ without = [] }) => without.length > 0)
/** The run whose split says on which of their objects. */
export const WHOLE = SKY_PARTS[0]!

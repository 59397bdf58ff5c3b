/** Cumulative distributions of a class, real and simulated, a panel a quantity. */
import type { Figure } from '../../report/section.ts'
import { colour } from '../../report/theme.ts'
import type { Row } from './compare.ts'
import { quantileOf } from './distribution.ts'

const COLUMNS = 5
/** Points of a curve. */
const SHARES = Array.from({ length: 41 }, (_, k) => k / 40)
/** Quantities of many parts, as errors by band and magnitude, are plotted where they have the most objects. */
const MOST_PARTS = 6

const sideColour = {
  field: 'side',
  type: 'nominal',
  title: null,
  scale: { domain: ['real', 'simulated'], range: [colour('one'), colour('other')] }
}

/** Without the outermost per cent of either side: one object would rule the axis. */
function domainOf ({ real, simulated }: Row['values'], isLogarithmic: boolean): [number, number] {
  const low = Math.min(quantileOf(real, 0.01), quantileOf(simulated, 0.01))
  const high = Math.max(quantileOf(real, 0.99), quantileOf(simulated, 0.99))
  if (low < high) return [low, high]
  return isLogarithmic ? [low / 2, 2 * low] : [low - 0.5, low + 0.5]
}

function panel ({ quantity, part, distance, differs, values }: Row): object {
  const isLogarithmic = quantity.logarithmic === true && values.real[0]! > 0 && values.simulated[0]! > 0
  const title = `${part === '' ? '' : `${part}: `}distance ${distance!.toFixed(2)}${differs ? ', differs' : ''}`
  return {
    title: { text: [quantity.title, title], fontWeight: differs ? 700 : 400, fontSize: 11 },
    width: 178,
    height: 96,
    data: { values: (['real', 'simulated'] as const).flatMap(side => SHARES.map(share => ({ side, share, value: Number(quantileOf(values[side], share).toPrecision(5)) }))) },
    mark: { type: 'line', strokeWidth: 1.6, clip: true },
    encoding: {
      x: { field: 'value', type: 'quantitative', title: quantity.unit === '' ? null : quantity.unit, scale: { domain: domainOf(values, isLogarithmic), nice: false, ...isLogarithmic ? { type: 'log' } : { zero: false } }, axis: { tickCount: 4, labelOverlap: true, format: '~s' } },
      y: { field: 'share', type: 'quantitative', title: null, scale: { domain: [0, 1] }, axis: { tickCount: 2, format: '%' } },
      order: { field: 'share' },
      color: sideColour
    }
  }
}

/** Null where nothing is judged. */
export function cumulativeFigure (name: string, judged: readonly Row[]): Figure | null {
  const fewest = (row: Row): number => Math.min(row.real!.objects, row.simulated!.objects)
  const shown = judged.filter(row => {
    const alike = judged.filter(({ quantity }) => quantity.id === row.quantity.id)
    return alike.filter(other => fewest(other) > fewest(row)).length < MOST_PARTS
  })
  if (shown.length === 0) return null
  return {
    title: `${name}: share of objects below a value`,
    alternative: `Cumulative distributions of ${shown.length} quantities, the real and the simulated objects of class ${name}; the numbers are in the table.`,
    spec: { columns: COLUMNS, spacing: 26, concat: shown.map(panel), resolve: { scale: { color: 'shared' } } }
  }
}

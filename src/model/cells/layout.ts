/** The recurrent cells by name, and what follows from a cell for the layout of weights and hidden state. */

export const CELL_NAMES = ['lstm', 'gru', 'rnn'] as const
export type CellName = typeof CELL_NAMES[number]

export interface CellLayout {
  /** Blocks of `width` columns in a layer's kernel and bias. */
  readonly blocks: number
  /** Vectors of `width` values that a layer carries from step to step; h is the last of them. */
  readonly carried: number
  /** The block whose bias starts at 1, so that a fresh cell keeps what it holds; null where the cell has no such gate. */
  readonly keepBlock: number | null
  /** Elementwise products of one unit in one step, beside the kernel's. */
  readonly elementwiseProducts: number
}

/**
 * Blocks of columns, and the products between gates and values:
 * - lstm: input i, forget f, cell ĉ, output o (BlockLSTMV2's and Keras's order); f·c, i·ĉ, o·tanh(c); carries c, h.
 * - gru: update z, reset r, candidate ĥ (Keras's order); r·h, z·(h − ĥ); carries h.
 * - rnn: one block, no gate; carries h.
 */
export const CELL_LAYOUTS: Readonly<Record<CellName, CellLayout>> = {
  lstm: { blocks: 4, carried: 2, keepBlock: 1, elementwiseProducts: 3 },
  gru: { blocks: 3, carried: 1, keepBlock: 0, elementwiseProducts: 2 },
  rnn: { blocks: 1, carried: 1, keepBlock: null, elementwiseProducts: 0 }
}

/** The layout of the cell whose layer a weight belongs to, by the weight's name, as lstm0/kernel or decoder/lstm/bias; undefined for all others. */
export function cellOfWeight (name: string): CellLayout | undefined {
  const cell = CELL_NAMES.find(cell => name.replace(/^decoder\//, '').startsWith(cell))
  return cell && CELL_LAYOUTS[cell]
}

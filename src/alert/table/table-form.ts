/** Whether bytes are a table, by their beginning. */
import { CandelaError } from '../../errors.ts'
import { isFits } from '../fits/header.ts'
import { NOTHING_GIVEN, type Given } from '../given.ts'
import { ROW_READERS } from '../json/json-dialects.ts'
import { TABLE_READERS } from './table-dialects.ts'
import { layoutOf, type TextLayout } from './text-layout.ts'
import { isVotable } from './votable.ts'

export type TableForm = 'fits' | 'votable' | TextLayout

/** Columns of a table between commas that nobody knows. */
const FEWEST_COLUMNS = 3

const isKnown = ({ columns }: TextLayout, given: Given): boolean => {
  const names = new Set(columns.map(({ name }) => name))
  return ROW_READERS.some(dialect => dialect.matches(names)) || TABLE_READERS.some(dialect => dialect.matches(columns, given))
}

/** Whether a file that nobody named is a table of text that is read: its columns say so. */
export function isKnownTable (head: Buffer): boolean {
  try {
    const layout = layoutOf(head)
    return layout !== undefined && isKnown(layout, NOTHING_GIVEN)
  } catch (error) {
    if (error instanceof CandelaError) return false
    throw error
  }
}

/**
 * @param isAsked a table is what the user says that it is
 * @throws CandelaError 'table-invalid' where the header of an ECSV table cannot be read
 */
export function tableForm (head: Buffer, given: Given, isAsked: boolean): TableForm | undefined {
  if (isFits(head)) return 'fits'
  if (isVotable(head)) return 'votable'
  const layout = layoutOf(head)
  if (layout === undefined) return undefined
  const isTable = isAsked || layout.form === 'ECSV' || layout.form === 'IPAC table' || (layout.isNamed && layout.form === 'CSV' && layout.columns.length >= FEWEST_COLUMNS) || isKnown(layout, given)
  return isTable ? layout : undefined
}

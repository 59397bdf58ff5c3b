/** 'Ia-91bg' of a text file was read as 'Ia', 'SLSN-I' as 'SLSN', 'Ib/c' as 'Ib'. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnana } from '../../../src/alert/snana/snana.ts'

test('the type of an SNANA text file is the whole label', () => {
  const typeIn = (comment: string): string | null => parseSnana(`SNID: 1\nSIM_COMMENT:  ${comment}\nVARLIST: MJD FLT FLUXCAL FLUXCALERR\n`, '1.DAT').type
  assert.deepEqual(
    ['SN Type = Ia-91bg , MODEL = ztf', 'SN Type = SLSN-I, MODEL = ztf', 'SN Type = Ib/c', 'SN Type = II , MODEL = SDSS-018408'].map(typeIn),
    ['Ia-91bg', 'SLSN-I', 'Ib/c', 'II']
  )
})

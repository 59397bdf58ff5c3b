/** Whether a large error of P(Ia) means that it is wrong. */
import type { Section } from '../../report/section.ts'
import { fixed, perCent, type SkyFacts } from './facts.ts'

export function errorsSection ({ evaluation: { errors } }: SkyFacts): Section {
  return {
    id: 'errors',
    title: 'How sure P(Ia) is of itself',
    text: ['Objects at the end, in five parts of equal number by the error that the model gives beside P(Ia). P(Ia) itself says how often 0.5 is the wrong side (the mean of min(P, 1 − P)), and what its Brier score should be (the mean of P·(1 − P)). The error tells more than P(Ia) where the last parts are wrong more often than that.'],
    ...errors.length === 0 ? { absent: 'The model gives no error.' } : {},
    figures: [],
    tables: errors.length === 0
      ? []
      : [{
          caption: 'By the error of P(Ia), and by that of its logit',
          columns: ['ordered by', 'part', 'error', 'objects', 'wrong %', 'P(Ia) says', 'Brier score', 'P(Ia) says'],
          rows: errors.map(({ by, quintile, from, to, objects, wrong, wrongExpected, brier, brierExpected }) =>
            [by, String(quintile), `${from.toPrecision(2)} to ${to.toPrecision(2)}`, String(objects), perCent(wrong), perCent(wrongExpected), fixed(brier, 4), fixed(brierExpected, 4)])
        }],
    data: { file: 'errors.csv', rows: errors.map(row => ({ ...row })) }
  }
}

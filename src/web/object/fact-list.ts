/** Facts as entries of a list: a term and what is known of it. */
import { element } from '../elements.ts'

export type Fact = [term: string, ...values: Array<string | Node>]

export const quiet = (text: string): HTMLElement => element('small', {}, text)

export const factList = (facts: readonly Fact[]): HTMLElement[] =>
  facts.map(([term, ...values]) => element('div', {}, element('dt', {}, term), element('dd', {}, ...values)))

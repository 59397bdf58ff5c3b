import { UsageError } from '../../errors.ts'

/**
 * Reads the value of a flag that wants a whole number.
 * @returns a parser for commander's option(); it throws UsageError
 */
export function wholeNumber (flag: string, least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new UsageError(`--${flag} is '${text}', but a whole number of at least ${least} is expected`, { value: text })
  }
}

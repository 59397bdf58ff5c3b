import { UsageError } from '../../errors.ts'

/**
 * Reads the value of a flag that wants a number.
 * @returns a parser for commander's option(); it throws UsageError
 */
export function numberFrom (flag: string, least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^-?(\d+\.?\d*|\.\d+)$/.test(text) && value >= least && value <= most) return value
    throw new UsageError(`--${flag} is '${text}', but a number from ${least} to ${most} is expected`, { value: text })
  }
}

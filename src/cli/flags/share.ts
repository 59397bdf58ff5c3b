import { UsageError } from '../../errors.ts'

/**
 * Reads the value of a flag that wants a number from 0 to 1.
 * @returns a parser for commander's option(); it throws UsageError
 */
export function share (flag: string): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^(\d+\.?\d*|\.\d+)$/.test(text) && value <= 1) return value
    throw new UsageError(`--${flag} is '${text}', but a number from 0 to 1 is expected`, { value: text })
  }
}

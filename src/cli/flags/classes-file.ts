/** `--classes FILE`. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UsageError, messageOf } from '../../errors.ts'
import { classesSchema, type Classes } from '../../training/data/classes.ts'

const EXPECTED = 'Expected is JSON such as {"classes": {"Ia": ["Ia", "101"], "CC": ["II", "Ibc"]}, "positive": ["Ia"], "others": "refuse"}: see docs/training.md.'

/** @throws UsageError where the file is not there, not JSON, or not a classes file */
export function readClassesFile (file: string): Classes {
  let given: unknown
  try {
    given = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`--classes ${file} is not a readable JSON file: ${messageOf(cause)}`, { value: file, cause, action: EXPECTED })
  }
  const parsed = classesSchema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new UsageError(`--classes ${file}: ${z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' ')}`, { value: file, cause: parsed.error, action: EXPECTED })
}

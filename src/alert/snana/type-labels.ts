/** The names and codes under which SNANA files give an object's true type. */

/** Columns of FITS tables and keys of text files, the first that is given counts first. */
export const TYPE_KEYS = ['SIM_TYPE_NAME', 'SIM_MODEL_NAME', 'SIM_TYPE_INDEX', 'SIM_GENTYPE', 'SNTYPE'] as const
export type TypeKey = typeof TYPE_KEYS[number]

const NOT_KNOWN = /^(|unknown|null|none|0|-\d+)$/i

/**
 * The labels of one object, those of `TYPE_KEYS` in their order, after `first` where there is one; codes as decimal
 * strings. Zero, negative codes and 'UNKNOWN' stand for "not known".
 */
export function typeLabels (values: Partial<Record<TypeKey, string>>, first: string | null = null): string[] {
  const given = [first, ...TYPE_KEYS.map(key => values[key]?.trim())]
  return [...new Set(given.filter((label): label is string => label !== null && label !== undefined && !NOT_KNOWN.test(label)))]
}

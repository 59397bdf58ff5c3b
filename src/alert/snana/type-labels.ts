/** The names and codes under which SNANA files give an object's true type. */

/** Columns of FITS tables and keys of text files, the first that is given counts first. */
export const TYPE_KEYS = ['SIM_TYPE_NAME', 'SIM_MODEL_NAME', 'SIM_TYPE_INDEX', 'SIM_GENTYPE', 'SNTYPE'] as const
export type TypeKey = typeof TYPE_KEYS[number]

/** The type that a spectrum gave, in simulations only to those that had one. */
export const SPECTROSCOPIC_TYPE_KEY = 'SNTYPE' satisfies TypeKey

const NOT_KNOWN = /^(|unknown|null|none|0|-\d+)$/i

const isKnown = (label: string | undefined): label is string => label !== undefined && !NOT_KNOWN.test(label)

/** Whether the file gives the object a spectroscopic type: an SNTYPE that is neither zero nor negative. */
export const hasSpectroscopicType = (values: Partial<Record<TypeKey, string>>): boolean => isKnown(values[SPECTROSCOPIC_TYPE_KEY]?.trim())

/**
 * The labels of one object, those of `TYPE_KEYS` in their order, after `first` where there is one; codes as decimal
 * strings. Zero, negative codes and 'UNKNOWN' stand for "not known".
 */
export function typeLabels (values: Partial<Record<TypeKey, string>>, first: string | null = null): string[] {
  const given = [first ?? undefined, ...TYPE_KEYS.map(key => values[key]?.trim())]
  return [...new Set(given.filter(isKnown))]
}

/**
 * What tfjs-node 4.22.0 calls of Node's `util` and Node has no more since 23 (DEP0044, DEP0053); Node 22 has it and warns
 * on stderr at the first call. tfjs-node looks the functions up at each call, in the module that require() gives.
 */
import util from 'node:util'

const NEEDED = {
  isArray: (value: unknown): boolean => Array.isArray(value),
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined
}

/** Call it before @tensorflow/tfjs-node is loaded. */
export function provideWhatTfjsNodeNeeds (): void {
  Object.assign(util, NEEDED)
}

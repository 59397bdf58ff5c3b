/** Prints a digest of each table of the data folder that the first argument names, as JSON. */
import { createHash } from 'node:crypto'
import { open } from 'lmdb'

const root = open({ path: process.argv[2]!, maxDbs: 8, encoding: 'binary', readOnly: true })
const digests = ['objects', 'blocks', 'changes', 'orders', 'meta', 'dead-letters', 'dead-letter-bytes'].map(name => {
  const hash = createHash('sha256')
  for (const { key, value } of root.openDB<Uint8Array, string | number>({ name, encoding: 'binary' }).getRange()) {
    hash.update(JSON.stringify([key, value.length])).update(value)
  }
  return [name, hash.digest('hex')]
})
console.log(JSON.stringify(Object.fromEntries(digests)))
await root.close()

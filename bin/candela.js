#!/usr/bin/env node
/** Node's versions as in package.json's `engines`; an older one would end with an error of a package. */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) {
  await import('../dist/cli/candela.js')
} else {
  console.error(`candela: Node ${process.versions.node} cannot run Candela [node-too-old]\n  Install Node 24, or 20.19, 22.12 or later.`)
  process.exitCode = 1
}

/**
 * `node --import tsx reproduce/usable-stars.ts --data PATH > src/simulator/phased/usable-stars.ts`: which stars the simulator may
 * take a shape from. PATH holds sky/, the folder of templates, and real/, the halves of the sets of real light curves
 * that are open. A star whose real light curve is in a half that is kept to measure with is none of them: its name is
 * not in the archive, which is all that is read of the real light curves.
 */
import { program } from 'commander'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { tarMembers } from '../src/alert/input/archive.ts'
import { decompressed } from '../src/alert/input/decompress.ts'
import { readTemplate } from '../src/simulator/template-files.ts'

program.requiredOption('--data <path>', 'folder with sky/ and real/').parse()
const { data } = program.opts<{ data: string }>()

interface Star { id: number, ra: number, dec: number, isOpen: boolean }

/** Members 'ztf-variables/RRL-12.DAT' → ['RRL-12', …]. */
async function namesIn (archive: string): Promise<Set<string>> {
  const names = new Set<string>()
  const bytes = await decompressed(createReadStream(join(data, 'real', archive)), cause => cause as Error)
  for await (const { name } of tarMembers(bytes.all())) names.add(name.replace(/^.*\//, '').replace(/\.DAT$/, ''))
  return names
}

/**
 * The names of the set ztf-variables are those of the classes, and the events' numbers in the libraries. That was checked
 * by phase: with the periods of all events of its class, 231 of the 232 real light curves vary most in phase with the
 * event of their number (largest variance between 24 phase bins, summed over the bands), the other with a period that differs from its own by a ten thousandth.
 */
const LIBRARIES = { 'RR Lyr': 'RRL', Cepheid: 'Cepheid', 'δ Sct': 'DSCT', Ellipsoidal: 'ELL', R: 'REFLECTION' }
const variables = await namesIn('ztf-variables.tar.xz')
const stars: Record<string, Star[]> = {}
for (const [library, prefix] of Object.entries(LIBRARIES)) {
  const name = `periodic/${library}.lclib.xz`
  const events = (await readTemplate(join(data, 'sky'), name)).matchAll(/^START_EVENT: (\d+)\nNROW: \d+ RA: (\S+) DEC: (\S+)\nPARVAL: (\d+),/gm)
  stars[name] = [...events].map(([, number, ra, dec, id]) => ({ id: Number(id), ra: Number(ra), dec: Number(dec), isOpen: variables.has(`${prefix}-${number}`) }))
}
const stripe = await namesIn('s82-rrlyrae.tar.xz')
const positions = await readTemplate(join(data, 'sky'), 'periodic/rrlyrae-s82/datasets/S82_RRLyr/table3.dat.gz')
const stripeStars = positions.split('\n').filter(line => /^\d/.test(line)).map(line => {
  const [id, ra, dec] = line.split(' ').map(Number) as [number, number, number]
  return { id, ra, dec, isOpen: stripe.has(`S82-${id}`) }
})

/** Within 3 arcsec. */
const isSame = (a: Star, b: Star): boolean =>
  Math.hypot((a.ra - b.ra) * Math.cos(a.dec * Math.PI / 180), a.dec - b.dec) < 3 / 3600
const closed = [...Object.values(stars).flat(), ...stripeStars].filter(star => !star.isOpen)
const usable = (all: Star[]): number[] => {
  const open = all.filter(({ isOpen }) => isOpen)
  const free = open.filter(star => !closed.some(other => isSame(star, other)))
  console.error(`${all.length} stars, ${open.length} open, ${free.length} of them not closed under another name`)
  return free.map(({ id }) => id).sort((a, b) => a - b)
}

const lines = (numbers: number[], indent: string): string => {
  const rows: string[] = []
  for (let k = 0; k < numbers.length; k += 14) rows.push(indent + numbers.slice(k, k + 14).join(', '))
  return rows.join(',\n')
}
console.log(`/**
 * The stars whose phased light curves the simulator may use: no set of real light curves that measures has them.
 * Written by \`node --import tsx reproduce/usable-stars.ts --data PATH\`.
 */

/** VSX object identifiers, by the library. */
export const USABLE_ZTF_STARS = {
${Object.entries(stars).map(([name, all]) => `  '${name}': [\n${lines(usable(all), '    ')}\n  ]`).join(',\n')}
} as const satisfies Record<string, readonly number[]>

/** Numbers of RR Lyrae in Stripe 82, as Sesar et al. 2010 (ApJ 708, 717) have them in table 2. */
export const USABLE_STRIPE_82_STARS: readonly number[] = [
${lines(usable(stripeStars), '  ')}
]`)

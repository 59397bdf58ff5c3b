/** Libraries of light curves as SNANA writes them, of stars that never were. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Sines in g, r, i: means 15, 14.5, 14.4, half amplitudes 0.4, 0.3, 0.2. */
export function sines (oids: readonly number[], period = 0.5, rows = 128): string {
  const event = (oid: number, number: number): string => {
    const lines = Array.from({ length: rows }, (_, k) => {
      const sine = Math.sin(2 * Math.PI * k / (rows - 1))
      return `S: ${(k * period / (rows - 1)).toFixed(6)} ${(15 + 0.4 * sine).toFixed(4)} ${(14.5 + 0.3 * sine).toFixed(4)} ${(14.4 + 0.2 * sine).toFixed(4)}`
    })
    return `START_EVENT: ${number}\nNROW: ${rows} RA: 10.0 DEC: 20.0\nPARVAL: ${oid},${period}\n${lines.join('\n')}\nEND_EVENT: ${number}\n`
  }
  return `SURVEY: ZTF\nFILTERS: gri\nMODEL_PARNAMES: VSXOID,PERIOD\nNEVENT: ${oids.length}\n\nCOMMENT: none\n\n${oids.map(event).join('\n')}`
}

/** A folder of templates with these files alone. */
export function folderWith (files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'candela-templates-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

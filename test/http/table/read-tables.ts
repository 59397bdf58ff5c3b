/** Readers of CSV and VOTable that have nothing of those which write them: csv-parse and xmldom always, astropy where CANDELA_PYTHON names a Python that has it. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { DOMParser } from '@xmldom/xmldom'
import { parse } from 'csv-parse/sync'
import { temporaryFolder } from '../../pipeline.ts'

/** Cells as they are written; an empty one is null. */
export interface ReadTable {
  names: string[]
  rows: Array<Array<string | null>>
}

export function readCsv (text: string): ReadTable {
  const [names = [], ...rows] = parse(text) as string[][]
  return { names, rows: rows.map(row => row.map(cell => cell === '' ? null : cell)) }
}

export interface ReadVotable extends ReadTable {
  fields: Array<Record<string, string>>
  infos: Array<[name: string, value: string]>
}

export function readVotable (text: string): ReadVotable {
  const document = new DOMParser({ onError: (level, message) => { throw new Error(`${level}: ${message}`) } }).parseFromString(text, 'text/xml')
  const all = (name: string) => Array.from(document.getElementsByTagName(name))
  const fields = all('FIELD').map(element => Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])))
  const noInteger = all('FIELD').map(element => element.getElementsByTagName('VALUES')[0]?.getAttribute('null'))
  return {
    fields,
    names: fields.map(({ name }) => name!),
    infos: all('INFO').map(element => [element.getAttribute('name')!, element.getAttribute('value')!]),
    rows: all('TR').map(row => Array.from(row.getElementsByTagName('TD'), (cell, k) => cell.textContent === '' || cell.textContent === noInteger[k] ? null : cell.textContent))
  }
}

/** What read-table.py prints. */
export interface AstropyTable {
  names: string[]
  units: Record<string, string | null>
  ucds: Record<string, string | null>
  ucdsRight: boolean
  descriptions: Record<string, string | null>
  /** Numbers that are no whole ones by Python's repr. */
  rows: Array<Array<string | number | boolean | null>>
  warnings: string[]
  /** Against the standard's XML schema, as far as astropy checks. */
  valid: boolean
}

/** @returns undefined, with the test skipped, where there is no astropy */
export function readWithAstropy (t: TestContext, text: string, form: 'csv' | 'votable'): AstropyTable | undefined {
  const python = process.env['CANDELA_PYTHON'] || 'python3'
  if (spawnSync(python, ['-c', 'import astropy'], { timeout: 30_000 }).status !== 0) {
    t.skip(`${python} has no astropy: name a Python that has it in CANDELA_PYTHON`)
    return undefined
  }
  const path = join(temporaryFolder(t), `table.${form}`)
  writeFileSync(path, text)
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'read-table.py'), path, form], { timeout: 60_000 })
  if (status !== 0) throw new Error(`astropy: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as AstropyTable
}

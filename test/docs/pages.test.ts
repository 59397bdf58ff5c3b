/** The documents themselves: their links, their index, the files that they name. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NO_DOCUMENTS = new Set(['node_modules', 'dist', 'data', '.git'])

/** Files below a folder of the checkout, by their paths from its root. */
function filesBelow (folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return NO_DOCUMENTS.has(entry.name) ? [] : filesBelow(path)
    return [path]
  })
}

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const pages = filesBelow('.').filter(path => path.endsWith('.md'))

/** Without blocks of code, whose brackets are no links and whose comments are no headings. */
const proseOf = (path: string): string => textOf(path).replaceAll(/^```.*?^```$/gms, '')

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')

const anchorsOf = (path: string): Set<string> => new Set(Array.from(proseOf(path).matchAll(/^#+ (.+)$/gm), ({ 1: heading }) => anchorOf(heading!)))

/** Where a link leads: a file by its path from the root of the checkout, and a place in it. */
interface Target { path: string, anchor: string | undefined }

/** What is wrong with a target, if anything is. */
function faultOf ({ path, anchor }: Target): string | undefined {
  if (!existsSync(join(ROOT, path))) return `there is no ${path}`
  if (anchor !== undefined && !anchorsOf(path).has(anchor)) return `${path} has no heading #${anchor}`
  return undefined
}

/** Relative links of a page, pictures among them. */
const linksOf = (page: string): Target[] => Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ({ 1: link }) => link!)
  .filter(link => !/^[a-z]+:/.test(link))
  .map(link => {
    const [path, anchor] = link.split('#') as [string, string?]
    return { path: path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path)), anchor }
  })

test('every relative link of every page leads to a file and a heading', () => {
  const faults = pages.flatMap(page => linksOf(page).flatMap(target => {
    const fault = faultOf(target)
    return fault === undefined ? [] : [`${page}: ${fault}`]
  }))
  assert.ok(pages.flatMap(linksOf).length > 100)
  assert.deepEqual(faults, [])
})

test('files and folders that the pages name are there', () => {
  const named = pages.filter(page => page !== 'CHANGELOG.md').flatMap(page => Array.from(textOf(page).matchAll(/`((?:src|test|bench|schemas|deploy|reproduce)\/[\w./-]+)`/g), ({ 1: path }) => ({ page, path: path! })))
  assert.ok(named.length > 60)
  assert.deepEqual(named.filter(({ path }) => !existsSync(join(ROOT, path))), [])
})

test('pages that messages, settings, alert rules and comments name are there', () => {
  const named = ['src', 'deploy', 'bench', 'reproduce'].flatMap(filesBelow).filter(path => /\.(ts|ya?ml|json)$/.test(path))
    .flatMap(path => Array.from(textOf(path).matchAll(/\b(docs\/[\w-]+\.md)(?:#([\w-]+))?/g), ({ 1: page, 2: anchor }) => ({ path, target: { path: page!, anchor } })))
  assert.ok(named.length > 30)
  assert.deepEqual(named.flatMap(({ path, target }) => faultOf(target) === undefined ? [] : [`${path}: ${faultOf(target)}`]), [])
})

test('the index links every page', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ path }) => path))
  assert.deepEqual(pages.filter(page => dirname(page) === 'docs' && page !== 'docs/README.md' && !linked.has(page)), [])
})

test('every page begins with its title, and has one', () => {
  for (const page of pages) {
    assert.match(textOf(page), /^# \S/, page)
    assert.equal([...proseOf(page).matchAll(/^# /gm)].length, 1, page)
  }
})

test('the README begins with the two commands and stays short', () => {
  const readme = textOf('README.md')
  assert.match(readme, /^# Candela\n\n```sh\nnpm ci && npm start .*\nnpm ci && npm test .*\n```\n/)
  assert.ok(readme.split(/\s+/).length < 1000, 'the README has fewer than 1,000 words: move what is more to docs/')
})

test('the files that the life of an alert names are there', () => {
  const named = Array.from(textOf('docs/life-of-an-alert.md').matchAll(/`((?:[\w-]+\/)+[\w-]+\.ts)`/g), ({ 1: path }) => path!)
  assert.ok(named.length > 20)
  assert.deepEqual(named.filter(path => !existsSync(join(ROOT, 'src', path))), [])
})

test('the rooms that the architecture names are there', () => {
  const named = Array.from(textOf('docs/architecture.md').matchAll(/^\| `(src\/[\w/-]+)`/gm), ({ 1: path }) => path!)
  assert.ok(named.length > 20)
  assert.deepEqual(named.filter(path => !existsSync(join(ROOT, path))), [])
})

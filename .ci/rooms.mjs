// npm run rooms [-- FOLDER]: the rooms of the source, the files in each, and the imports from room to room.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'

const root = process.argv[2] ?? 'src'
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).sort()
const roomOf = file => dirname(file) === '.' ? '/' : dirname(file)

const rooms = new Map()
const imports = new Map()
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8')
  const room = roomOf(file)
  const { files = 0, lines = 0 } = rooms.get(room) ?? {}
  rooms.set(room, { files: files + 1, lines: lines + text.split('\n').length - 1 })
  for (const [, from, dynamic] of text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)) {
    const target = roomOf(relative(root, normalize(join(root, dirname(file), from ?? dynamic))))
    if (target === room || target.startsWith('..')) continue
    const edge = `${room} → ${target}`
    imports.set(edge, (imports.get(edge) ?? 0) + 1)
  }
}

console.log('files  lines  room')
for (const [room, { files, lines }] of [...rooms].sort(([, a], [, b]) => b.files - a.files)) console.log(`${String(files).padStart(5)}  ${String(lines).padStart(5)}  ${room}`)
console.log('\nimports  from → to')
for (const [edge, count] of [...imports].sort()) console.log(`${String(count).padStart(7)}  ${edge}`)

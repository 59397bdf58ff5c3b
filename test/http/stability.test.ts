import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { RELEASED, wholeDocument } from '../../schemas/openapi.ts'
import { breaksOf, type OpenApi } from '../../schemas/openapi-breaks.ts'

const released = JSON.parse(readFileSync(RELEASED, 'utf8')) as OpenApi

test('/v1 has grown, at most, since the document that was released last', async () => {
  assert.deepEqual(breaksOf(released, await wholeDocument()), [])
  assert.ok(Object.keys(released.paths).length > 20)
})

/** A document after a change by somebody who did not think of clients. */
function changed (change: (document: OpenApi) => void): OpenApi {
  const copy = structuredClone(released)
  change(copy)
  return copy
}
const objects = ({ paths }: OpenApi) => paths['/v1/objects']!['get']!
const parameter = (document: OpenApi, name: string) => objects(document).parameters!.find(one => one.name === name)!
const candidate = ({ components }: OpenApi) => components.schemas['Candidate']!
const hostBody = ({ paths }: OpenApi) => paths['/v1/objects/{diaObjectId}/host']!['put']!.requestBody!.content!['application/json']!.schema

const breaking: ReadonlyArray<[what: string, change: (document: OpenApi) => void, told: RegExp]> = [
  ['a path is gone', ({ paths }) => delete paths['/v1/models'], /^GET \/v1\/models is gone$/],
  ['a method is gone', ({ paths }) => delete paths['/v1/objects/{diaObjectId}/host']!['delete'], /^DELETE .*\/host is gone$/],
  ['a parameter is gone', document => objects(document).parameters!.splice(0, 1), /query parameter minProbability is gone/],
  ['a parameter has another name', document => { parameter(document, 'since').name = 'from' }, /query parameter since is gone/],
  ['a parameter is required', document => { parameter(document, 'sort').required = true }, /query parameter sort is required now/],
  ['a new parameter is required', document => objects(document).parameters!.push({ in: 'query', name: 'survey', required: true, schema: { type: 'string' } }), /survey is new, and required/],
  ['a value of a parameter is gone', document => parameter(document, 'sort').schema.enum!.pop(), /sort: value "separation" is gone/],
  ['a parameter has another type', document => { parameter(document, 'minEpochs').schema = { type: 'string' } }, /minEpochs: type integer is string now/],
  ['a parameter takes less', document => { parameter(document, 'limit').schema.maximum = 100 }, /limit: maximum 1000 is 100 now/],
  ['an answer is gone', document => delete objects(document).responses['304'], /answer 304 is gone/],
  ['a form of an answer is gone', document => delete objects(document).responses['200']!.content!['text/csv'], /text\/csv is gone/],
  ['a field of an answer is gone', document => delete candidate(document).properties!['rise'], /GET \/v1\/objects: 200.*gone|could not have/],
  ['a field of an answer can be missing', document => { candidate(document).required = candidate(document).required!.filter(name => name !== 'ra') }, /GET \/v1\/objects: 200/],
  ['a field of an answer has another type', ({ components }) => { components.schemas['Classification']!.properties!['epochs'] = { type: 'string' } }, /GET \/v1\/objects\/\{diaObjectId\}\/light-curve: 200 as application\/json\.classification/],
  ['a number of an answer can be null', ({ components }) => { components.schemas['Statistics']!.properties!['objects']!.type = ['integer', 'null'] }, /objects: type integer is integer\|null now/],
  ['a value of an answer is gone', ({ components }) => components.schemas['Problem']!.properties!['type']!.enum!.pop(), /400 as application\/problem\+json\.type: value .* is gone/],
  ['a field of a body is gone', document => delete hostBody(document).properties!['redshiftErr'], /redshiftErr is gone/],
  ['a field of a body is required', document => hostBody(document).required!.push('redshiftErr'), /redshiftErr is required now/]
]

for (const [what, change, told] of breaking) {
  test(`it is noticed where ${what}`, () => {
    const breaks = breaksOf(released, changed(change))
    assert.ok(breaks.some(one => told.test(one)), `${breaks.length} breaks: ${breaks.slice(0, 5).join('; ')}`)
  })
}

const growing: ReadonlyArray<[what: string, change: (document: OpenApi) => void]> = [
  ['a new path', ({ paths }) => { paths['/v1/new'] = paths['/v1/models']! }],
  ['a new parameter', document => objects(document).parameters!.push({ in: 'query', name: 'survey', schema: { type: 'string' } })],
  ['a new value of a parameter', document => parameter(document, 'sort').schema.enum!.push('name')],
  ['a parameter that takes more', document => { parameter(document, 'limit').schema.maximum = 5000 }],
  ['a new field of an answer', document => {
    candidate(document).properties!['classifierEngine'] = { type: 'string' }
    candidate(document).required!.push('classifierEngine')
  }],
  ['a new kind of problem', ({ components }) => components.schemas['Problem']!.properties!['type']!.enum!.push('/problems/new')],
  ['a new answer', document => { objects(document).responses['402'] = {} }],
  ['a new form of an answer', document => { objects(document).responses['200']!.content!['application/fits'] = { schema: { type: 'string' } } }],
  ['a new field of a body', document => { hostBody(document).properties!['mwebv'] = { type: 'number' } }]
]

test('what only grows is none', () => {
  for (const [what, change] of growing) assert.deepEqual(breaksOf(released, changed(change)), [], what)
})

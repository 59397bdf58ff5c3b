import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../pipeline.ts'

const script = fileURLToPath(new URL('../../.ci/audit.mjs', import.meta.url))

interface Exception { id: string, reason: string, until: string }

function audit (t: TestContext, report: string, exceptions: Exception[] = []): { status: number | null, stdout: string, stderr: string } {
  const file = join(temporaryFolder(t), 'exceptions.json')
  writeFileSync(file, JSON.stringify(exceptions))
  return spawnSync(process.execPath, [script, file], { input: report, encoding: 'utf8' })
}

/** As npm 10 writes it: minimist's own fault, and a package that depends on it. */
const REPORT = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    minimist: { name: 'minimist', severity: 'critical', via: [{ source: 1097678, name: 'minimist', title: 'Prototype Pollution in minimist', url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h', severity: 'critical', range: '<0.2.4' }], effects: ['mkdirp'] },
    mkdirp: { name: 'mkdirp', severity: 'critical', via: ['minimist'], effects: [] }
  }
})
const exception = { id: 'GHSA-xvch-5gv4-984h', reason: 'nothing of it is called', until: '2999-01-01' }

test('a fault that is not listed fails, and is named', t => {
  const { status, stderr } = audit(t, REPORT)
  assert.equal(status, 1)
  assert.equal(stderr, 'GHSA-xvch-5gv4-984h (critical): minimist <0.2.4: Prototype Pollution in minimist\n')
})

test('one that is listed passes until its exception runs out or is needed no more', t => {
  assert.equal(audit(t, REPORT, [exception]).status, 0)
  assert.match(audit(t, REPORT, [{ ...exception, until: '2024-01-01' }]).stderr, /has run out on 2024-01-01/)
  assert.match(audit(t, REPORT, [exception, { ...exception, id: 'GHSA-other' }]).stderr, /^GHSA-other: is found no more/)
})

test('where the registry does not answer, that is said, and nothing fails', t => {
  for (const report of ['', 'npm error audit endpoint returned an error', '{"message":"405 Method Not Allowed","statusCode":405}']) {
    const { status, stdout } = audit(t, report)
    assert.equal(status, 0)
    assert.match(stdout, /^NOT AUDITED/)
  }
})

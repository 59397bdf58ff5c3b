// Loaded into every process of tests: it leaves its processor time where the run finds it.
import { leave } from './processor-time.mjs'

const folder = process.env['COMPILED_TESTS']
// A process that a test starts with the arguments of its own is counted with the test.
if (folder !== undefined && process.env['NODE_TEST_CONTEXT'] !== undefined) process.once('exit', () => leave(folder))

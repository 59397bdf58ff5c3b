/** A real schema registry in a container: Apicurio, by Confluent's API. It keeps what it has in memory. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { freePort } from '../free-port.ts'

const IMAGE = 'apicurio/apicurio-registry-mem:2.6.13.Final'
export const API = '/apis/ccompat/v7'
const NETWORK = 'bridge'

/** A test, or whatever else ends what it has started. */
interface Cleanup { after (end: () => unknown): void }

export interface Registry {
  url: string
  start (): Promise<void>
  /** Forgets everything. */
  stop (): Promise<void>
  /** Takes it off the network: connections are refused. It forgets nothing. */
  cut (): Promise<void>
  /** Under the same address as before. */
  mend (): Promise<void>
  /** @returns its id */
  register (subject: string, schema: object, more?: object): Promise<number>
}

const docker = (...args: string[]): Promise<unknown> => promisify(execFile)('docker', args)

/** On one port throughout, so that it can go away and come back. */
export async function apicurio (t: Cleanup): Promise<Registry> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${API}`
  let container: StartedTestContainer | undefined
  const stop = async (): Promise<void> => {
    await container?.stop()
    container = undefined
  }
  t.after(stop)
  return {
    url,
    stop,
    async start () {
      container = await new GenericContainer(IMAGE)
        .withExposedPorts({ container: 8080, host: port })
        // A registry that answers a few requests would spend half of its time on compiling itself.
        .withEnvironment({ JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' })
        .withStartupTimeout(180_000)
        .withWaitStrategy(Wait.forHttp(`${API}/subjects`, 8080).forStatusCode(200))
        .start()
    },
    cut: async () => { await docker('network', 'disconnect', NETWORK, container!.getId()) },
    mend: async () => { await docker('network', 'connect', NETWORK, container!.getId()) },
    async register (subject, schema, more = {}) {
      const response = await fetch(`${url}/subjects/${subject}/versions`, {
        method: 'POST', headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' }, body: JSON.stringify({ schema: JSON.stringify(schema), ...more })
      })
      assert.equal(response.status, 200, await response.clone().text())
      return (await response.json() as { id: number }).id
    }
  }
}

/** Makes packets ahead in a process of its own: the sky needs gigabytes, and what feeds is to be small. */
import { prepare, type PacketsOptions } from './packets.ts'

export interface PrepareRequest {
  folder: string
  packets: PacketsOptions
  wanted: number
}

process.once('message', ({ folder, packets, wanted }: PrepareRequest) => {
  prepare(folder, packets, wanted, line => process.stderr.write(`${line}\n`)).then(() => process.disconnect(), (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})

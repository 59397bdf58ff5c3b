/** Zstandard by WebAssembly, loaded once for the process: a second loading takes the memory from under the first. */
import { init } from '@bokuweb/zstd-wasm'

export { compress, decompress } from '@bokuweb/zstd-wasm'

let loading: Promise<void> | undefined

/** To be waited for before compress and decompress. */
export async function loadZstd (): Promise<void> {
  await (loading ??= init())
}

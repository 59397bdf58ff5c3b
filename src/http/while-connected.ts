/** Work for a request, aborted when the client disconnects. */
import type { FastifyReply } from 'fastify'
import { CandelaError } from '../errors.ts'

/** Retry-After of an overloaded service [s]. */
const RETRY_AFTER = 1

/**
 * @param work is given a signal that aborts when the connection closes
 * @throws what `work` throws; with Retry-After in the answer where the service is overloaded
 */
export async function whileConnected<Result> (reply: FastifyReply, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  reply.raw.once('close', onClose)
  try {
    return await work(gone.signal)
  } catch (error) {
    if (gone.signal.aborted) throw new CandelaError('client-gone', 'The client closed the connection before it had its answer.')
    if (error instanceof CandelaError && error.code === 'overloaded') reply.header('retry-after', String(RETRY_AFTER))
    throw error
  } finally {
    reply.raw.off('close', onClose)
  }
}

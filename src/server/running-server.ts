/** What `candela serve` has started. */
export interface RunningServer {
  /** Where the dashboard is. */
  url: string
  /** Resolves when the stream has ended; rejects where it failed. */
  finished: Promise<void>
  /** Commits the batch in hand, ends the HTTP server, closes the store. */
  stop (): Promise<void>
}

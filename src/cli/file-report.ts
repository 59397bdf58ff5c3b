/** Reports the files of a command: names those that are not read on stderr, and counts all for the last line. */
import type { ReceivedAlert } from '../alert/alert.ts'
import { FileTally } from '../alert/input/tally.ts'
import { withCode, type CandelaError } from '../errors.ts'

export class FileReport {
  readonly #tally = new FileTally()
  readonly #say: (message: string) => void
  #isAdvised = false

  constructor (say: (message: string) => void) {
    this.#say = say
  }

  /** For readAlertFiles. */
  readonly listeners = {
    onPassedOver: (path: string): void => this.#tally.passedOver(path),
    onUnknownForm: (error: CandelaError): void => {
      this.#say(`${withCode(error)}${this.#isAdvised || error.action === undefined ? '' : `\n  ${error.action}`}`)
      this.#isAdvised = true
      this.#tally.notRead(error.code)
    }
  }

  /** Counts a file that could not be read and came in place of an alert; the caller names it. */
  add (received: ReceivedAlert): void {
    if ('error' in received && received.isWholeFile) this.#tally.notRead(received.error.code)
  }

  /** Sets the exit code where a file that may be data was not read. */
  end (): string[] {
    if (this.#tally.hasNotRead) process.exitCode = 1
    return this.#tally.parts
  }
}

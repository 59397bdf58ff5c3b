/** What becomes of files that a command is given: those that are not read are named on stderr, and all are counted for its last line. */
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

  /** Counts a file among what was received in place of an alert; whoever takes it names it. */
  add (received: ReceivedAlert): void {
    if ('error' in received && received.isWholeFile) this.#tally.notRead(received.error.code)
  }

  /** Sets the exit code where something that may be data was not read. */
  end (): string[] {
    if (this.#tally.hasNotRead) process.exitCode = 1
    return this.#tally.parts
  }
}

/** `--predictions FILE` of `candela evaluate`. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CandelaError, messageOf } from '../../errors.ts'
import { probabilitiesAt } from '../../training/evaluation/evaluate.ts'
import type { Asked } from '../../training/evaluation/judged.ts'
import type { PlayedObject } from '../../training/evaluation/playback.ts'

const DIGITS = 6

/**
 * One line an epoch: snid,epoch,midpointMjdTai,probabilityIa,typeIa; of a model with classes then probabilityIaErr and the
 * probability of each class, by its name.
 * @throws CandelaError `predictions-unwritable`
 */
export async function writePredictions (file: string, played: readonly PlayedObject[], { calibrated, shares }: Asked): Promise<void> {
  const names = calibrated.classes === null ? [] : ['probabilityIaErr', ...calibrated.classes.map(({ name }) => name)]
  function * lines (): Generator<string> {
    yield `${['snid', 'epoch', 'midpointMjdTai', 'probabilityIa', 'typeIa', ...names].join(',')}\n`
    for (const object of played) {
      yield object.times.map((time, step) => {
        const { probabilityIa, probabilityIaErr, classes } = probabilitiesAt(object, step, calibrated, shares)!
        const more = classes === null ? [] : [probabilityIaErr ?? 0, ...classes].map(value => value.toFixed(DIGITS))
        return `${[object.snid, step + 1, time, probabilityIa.toFixed(DIGITS), object.isIa ? 1 : 0, ...more].join(',')}\n`
      }).join('')
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file))
  } catch (cause) {
    throw new CandelaError('predictions-unwritable', `${file} cannot be written: ${messageOf(cause)}`, {
      value: file, cause, action: 'Give --predictions a file in a folder that exists and can be written.'
    })
  }
}

/** The formats in which outcomes are published; docs/outputs.md describes them. */
import { CandelaError } from '../../errors.ts'
import { OTHER_OUTPUTS, OWN_OUTPUT } from '../../kafka-settings.ts'
import { classificationAvro, classificationJson } from './classification.ts'
import { brokerClassification } from './elasticc.ts'
import { brokerMessage } from './fastdb.ts'
import { hopskotchAnnouncement, type HopskotchSettings } from './hopskotch.ts'
import { lasairAnnotation, type LasairSettings } from './lasair.ts'
import type { Encoder, OutputMessage, PublishedAlert, Publisher } from './published.ts'

export const OUTPUT_FORMATS = [OWN_OUTPUT, ...OTHER_OUTPUTS] as const
export type OutputFormat = typeof OUTPUT_FORMATS[number]

export interface OutputSettings extends Publisher {
  /** Needed by the format lasair. */
  lasair?: LasairSettings | undefined
  hopskotch?: HopskotchSettings | undefined
}

const encoders: Record<OutputFormat, (settings: OutputSettings) => Encoder> = {
  candela: classificationAvro,
  'candela-json': classificationJson,
  elasticc: brokerClassification,
  fastdb: brokerMessage('10.0'),
  'fastdb-11.1': brokerMessage('11.1'),
  lasair ({ lasair }) {
    if (!lasair) {
      throw new CandelaError('output-incomplete', 'the output lasair needs the name of an annotator', {
        action: 'Ask Lasair\'s team for an annotator and give its name (topic): --lasair-topic, CANDELA_LASAIR_TOPIC.'
      })
    }
    return lasairAnnotation(lasair)
  },
  hopskotch: ({ hopskotch = {}, ...publisher }) => hopskotchAnnouncement(hopskotch)(publisher)
}

const isFormat = (name: string): name is OutputFormat => (OUTPUT_FORMATS as readonly string[]).includes(name)

/**
 * A format by its name, ready to encode.
 * @returns a function from an alert to its message, or to null where the format has none for such an alert
 * @throws CandelaError 'output-unknown', 'output-incomplete'; from the function: 'output-inconsistent'
 */
export function output (name: string, settings: OutputSettings): Encoder {
  if (!isFormat(name)) {
    throw new CandelaError('output-unknown', `there is no output ${name}`, { value: name, action: `Use one of ${OUTPUT_FORMATS.join(', ')}.` })
  }
  const encode = encoders[name](settings)
  return alert => encode(checked(alert))
}

/** Guards against inconsistent records: after a classified alert, its own classification stands. */
function checked (alert: PublishedAlert): PublishedAlert {
  const { outcome: { outcome, diaObjectId, diaSourceId, probabilityIa }, standing } = alert
  if ((outcome === 'classified' && standing?.probabilityIa !== probabilityIa) || (standing !== null && standing.diaObjectId !== diaObjectId)) {
    throw new CandelaError('output-inconsistent', `what stands of object ${diaObjectId} is not what alert ${diaSourceId} gave`, {
      value: { probabilityIa, standing }, action: 'Report this as a bug of Candela.'
    })
  }
  return alert
}

export type { Encoder, OutputMessage, PublishedAlert }

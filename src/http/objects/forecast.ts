/** /v1/objects/{diaObjectId}/forecast: what the object will do next, by the decoder of the model, from the stored hidden state. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Replays } from '../../state/processor/replays.ts'
import { conditionalHeaders, notModified } from '../conditional-requests.ts'
import { anyProblem, badRequest, noForecast, notFound } from '../problems/problems.ts'
import { answeredId, classShares, diaObjectId, query } from '../schemas.ts'
import { columnsOf } from '../table/columns.ts'
import { LIST_FORMS, listAnswer, sendList, listParameters, wholeOrPart } from '../table/lists.ts'
import { answeredForecast, askedOf, forecastDaySchema, forecastFacts, forecastParameters } from './forecast-schemas.ts'
import { objectNotFound } from './objects.ts'

const columns = columnsOf(forecastDaySchema)

const description = `The decoder of the model starts from the hidden state that is stored with the object, and walks day by day from the newest
epoch on. Each flux is a median with 16 and 84 %: two of three fluxes are expected between them, before the noise of a
measurement. \`peaks\` has the maximum in each band, past or to come. Days count from the newest epoch (\`asOf\`), not from today, and
never go beyond what the decoder learned: of an object that was last seen long ago \`lastSeenDaysAgo\` says so, and \`isPast\` where
the whole forecast lies in the past.

409 says why there is none: nothing of the object has been stepped yet (\`no-hidden-state\`), the model has no decoder
(\`model-without-decoder\`), or the stored state is of another model (\`state-of-other-model\`).`

export const forecast: FastifyPluginAsyncZod<{ replays: Pick<Replays, 'model' | 'classShares' | 'forecasts'> }> = async (app, { replays }) => {
  app.get('/objects/:diaObjectId/forecast', {
    config: LIST_FORMS,
    schema: {
      summary: 'What an object will do next: flux and magnitude by band and day, and its peak',
      description,
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ ...forecastParameters, ...listParameters(forecastDaySchema) }),
      headers: conditionalHeaders,
      response: {
        ...listAnswer('The forecast', z.object({
          diaObjectId: answeredId,
          classifierName: z.string().describe('Of the model that forecasts'),
          classifierVersion: z.string(),
          classShares: classShares.exactOptional(),
          revision: z.int().min(0).describe('Of the newest classification, which rests on the same state'),
          epochs: z.int().min(1).describe('Number of network steps that the state rests on'),
          ...forecastFacts,
          forecast: z.array(wholeOrPart(forecastDaySchema)).describe('Day by day, in each the bands in the order of the model')
        }).meta({ id: 'Forecast' })),
        ...notModified,
        ...badRequest,
        ...notFound,
        ...noForecast,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { diaObjectId } = request.params
    const { fields, format } = request.query
    const asked = askedOf(replays.forecasts, request.query)
    const found = replays.forecasts.object(diaObjectId, asked)
    if (!found) throw objectNotFound(diaObjectId)
    const { name: classifierName, version: classifierVersion } = replays.model
    const { forecast: rows, ...facts } = answeredForecast(found, asked)
    const sharesName = replays.classShares(diaObjectId)
    const shares = sharesName === null ? {} : { classShares: sharesName }
    const { revision, epochs } = found
    return sendList(request, reply, {
      name: `candela-${diaObjectId}-forecast`,
      description: `Forecast of object ${diaObjectId} from ${facts.asOf} on, by ${classifierName} ${classifierVersion}`,
      columns,
      rows,
      fields,
      format,
      facts: { diaObjectId, classifierName, classifierVersion, ...shares, revision: String(revision), epochs: String(epochs), asOf: facts.asOf, lastSeenDaysAgo: String(facts.lastSeenDaysAgo), isPast: String(facts.isPast), ...tableFacts(facts) },
      json: forecast => ({ diaObjectId, classifierName, classifierVersion, ...shares, revision, epochs, ...facts, forecast })
    }) as never
  })
}

/** What a table of days says beside its rows: the phase, and the median time of the maximum in each band [d, MJD TAI]. */
const tableFacts = ({ phase, phaseLow, phaseHigh, peaks }: Omit<ReturnType<typeof answeredForecast>, 'forecast'>): Record<string, string> => ({
  ...phase !== null && { phase: String(phase), phaseLow: String(phaseLow), phaseHigh: String(phaseHigh) },
  ...Object.fromEntries(peaks.map(({ band, midpointMjdTai }) => [`peak_${band}`, String(midpointMjdTai)]))
})

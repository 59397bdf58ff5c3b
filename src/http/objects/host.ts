/** PUT and DELETE /v1/objects/{diaObjectId}/host: gives the host galaxy a redshift that the alerts lack, or takes it back. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { GiveHost } from '../../state/processor/given-host.ts'
import type { ObjectReader, ObjectView } from '../../state/views.ts'
import { objectNotFound } from './objects.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, badRequest, forbidden, notFound, unavailable, unsupportedMediaType } from '../problems/problems.ts'
import { answer, diaObjectId, objectSchema } from '../schemas.ts'

const redshiftExpected = 'a number above 0, at most 10'
const errorExpected = 'a number from 0 to 10, or null'

const hostSchema = z.strictObject({
  redshift: z.number({ error: redshiftExpected }).gt(0, redshiftExpected).max(10, redshiftExpected)
    .describe('Redshift of the host galaxy, photometric or spectroscopic; the network takes one below 0.005 as 0.005'),
  redshiftErr: z.number({ error: errorExpected }).min(0, errorExpected).max(10, errorExpected).nullable().default(null)
    .describe('Its 1σ error, null where not known; the network takes one above 2 as 2')
}, {
  error: issue => issue.code === 'unrecognized_keys' ? 'one of redshift, redshiftErr' : 'a JSON object such as {"redshift": 0.12, "redshiftErr": 0.02}'
}).meta({ examples: [{ redshift: 0.12, redshiftErr: 0.02 }] })

export interface HostOptions {
  reader: ObjectReader
  giveHost: GiveHost
}

export const host: FastifyPluginAsyncZod<HostOptions> = async (app, { reader, giveHost }) => {
  const give = async (id: string, given: Parameters<GiveHost>[1]): Promise<ObjectView> => {
    const object = await giveHost(id, given) ? reader.object(id) : undefined
    if (!object) throw objectNotFound(id)
    return object
  }
  const shared = { tags: ['objects'], params: z.object({ diaObjectId }) }
  const response = { ...answer('The object as it stands now', objectSchema), ...badRequest, ...forbidden, ...notFound, ...unavailable, ...anyProblem }

  app.put('/objects/:diaObjectId/host', {
    onRequest: refuseOtherSites,
    config: { scope: 'write' },
    schema: {
      ...shared,
      summary: 'Gives the host galaxy a redshift',
      description: 'It stands above the redshifts of alerts, earlier and later ones, until it is given anew or taken back. The light curve is replayed with it: where P(Ia) changes, the classification is published with a higher revision, and what was published before stays in the history. The same redshift again changes and publishes nothing. An object without a classification keeps it for the first one.',
      body: hostSchema,
      response: { ...response, ...unsupportedMediaType }
    }
  }, async request => give(request.params.diaObjectId, request.body))

  app.delete('/objects/:diaObjectId/host', {
    onRequest: refuseOtherSites,
    config: { scope: 'write' },
    schema: {
      ...shared,
      summary: 'Takes back the redshift that was given',
      description: 'That of the alerts stands again, where they have one, and the light curve is replayed with it. Where none was given, nothing changes.',
      response
    }
  }, async request => give(request.params.diaObjectId, null))
}

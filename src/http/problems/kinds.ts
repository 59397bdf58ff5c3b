/** /problems: explains each kind of problem at the address that is its `type`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import { isProblemName, PROBLEM_KINDS, PROBLEM_TYPES, titleOf, type ProblemKind, type ProblemName } from './types.ts'
import { anyProblem, notFound } from './problems.ts'
import { answer } from '../schemas.ts'

const kindSchema = z.object({
  type: z.enum(PROBLEM_TYPES),
  title: z.string().describe('In words'),
  status: z.int().describe('The HTTP status code'),
  about: z.string().describe('What it means'),
  canRetry: z.boolean().describe('Whether the same request may succeed later without a change')
}).meta({ id: 'ProblemKind' })

function kindOf (name: ProblemName): z.infer<typeof kindSchema> {
  const { status, about, canRetry = false }: ProblemKind = PROBLEM_KINDS[name]
  return { type: `/problems/${name}`, title: titleOf(name), status, about, canRetry }
}

export const problemKinds: FastifyPluginAsyncZod = async app => {
  const tags = ['operation']
  app.get('/problems', {
    schema: {
      summary: 'The kinds of problems that this API answers with',
      description: 'A closed list that only grows. The `type` of a problem is a path of this API: it leads here.',
      tags,
      response: { ...answer('All of them', z.object({ problems: z.array(kindSchema) })), ...anyProblem }
    }
  }, async () => ({ problems: (Object.keys(PROBLEM_KINDS) as ProblemName[]).map(kindOf) }))

  app.get('/problems/:name', {
    schema: {
      summary: 'What a kind of problem means',
      tags,
      params: z.object({ name: z.string().describe('What is behind /problems/ in its type') }),
      response: { ...answer('The kind', kindSchema), ...notFound, ...anyProblem }
    }
  }, async request => {
    const { name } = request.params
    if (!isProblemName(name)) throw new CandelaError('problem-not-found', `No kind of problem is called ${name}.`, { value: name, action: 'GET /problems lists all.' })
    return kindOf(name)
  })
}

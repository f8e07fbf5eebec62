import { duration, flag } from '@millrace/contract';
import { z } from 'zod';
import { choice, count } from './fields.ts';

/** Fields of a mechanism are checked by what implements it. */
export const authentication = z
  .array(
    z.looseObject({
      mechanism: choice(['password_based', 'jwt', 'scram', 'gssapi', 'cinfo', 'gcp_device'], {
        description: 'How clients prove who they are.',
      }),
      backend: z.string().optional().meta({ description: 'Where credentials are kept.' }),
      enable: flag({ description: 'Whether this link of the chain is used.' }).prefault(true),
    }),
  )
  .prefault([])
  .meta({ description: 'The chain of authenticators, in order.' });

export const authorization = z
  .strictObject({
    no_match: choice(['allow', 'deny'], { description: 'What holds when no rule fits.' }).prefault('allow'),
    deny_action: choice(['ignore', 'disconnect'], { description: 'What happens to a client that is denied.' }).prefault(
      'ignore',
    ),
    cache: z
      .strictObject({
        enable: flag({ description: 'Whether verdicts are kept.' }).prefault(true),
        max_size: count('Verdicts kept for a client.', 32, 1),
        ttl: duration({ description: 'Life of a verdict.' }).prefault('1m'),
        excludes: z.array(z.string()).prefault([]).meta({ description: 'Topics without cache.' }),
      })
      .prefault({})
      .meta({ description: 'Cache of verdicts.' }),
    sources: z
      .array(
        z.looseObject({
          type: z.string().meta({ description: 'Kind of source, e.g. `file` or `built_in_database`.' }),
          enable: flag({ description: 'Whether this source is asked.' }).prefault(true),
        }),
      )
      .prefault([])
      .meta({ description: 'Who is asked, in order.' }),
  })
  .prefault({})
  .meta({ description: 'What clients may do.' });

import { z } from 'zod';
import { asUserId } from '../../domain/ids.ts';
import { noteView } from '../audit-trail.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { userExample, userSchema } from '../schemas/user.ts';
import { userView } from '../views/user-view.ts';

/** What can be seen of payment users. */
export function userRoutes({ store }: Pick<ApiDependencies, 'store'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/users/{id}',
      id: 'getUser',
      tag: 'Users',
      summary: 'A payment user',
      description: 'Personal data are masked. Each view is noted in the audit.',
      access: { kind: 'token', scope: 'users:read' },
      params: z.strictObject({ id: z.string().meta({ description: "The user's id" }) }),
      responses: { 200: { description: 'The user', schema: userSchema, example: userExample } },
      problems: ['user_not_found'],
    }).handle(async ({ params, caller, correlator, receivedAt }) => {
      const user = await store.users.find(asUserId(params.id));
      const body = user && (await userView(store, user));
      if (!body) throw new Problem('user_not_found');
      await noteView(store.audit, {
        caller,
        action: 'user.viewed',
        subject: body.userId,
        correlator,
        at: receivedAt,
      });
      return { status: 200, body };
    }),
  ];
}

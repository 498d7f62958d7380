import { z } from 'zod';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { noteView } from '../audit-trail.ts';
import { jsonBody } from '../body-spec.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { declareIdentity, type IdentityTools } from '../identities/declare.ts';
import { Problem } from '../problem.ts';
import { readDeclaredIdNumber } from '../registrations/identity.ts';
import { type Route, route } from '../route.ts';
import { identitySchema } from '../schemas/names.ts';
import { userExample, userSchema } from '../schemas/user.ts';
import { userView } from '../views/user-view.ts';

/** Who users are in the real world. */
export function identityRoutes(dependencies: ApiDependencies): Route[] {
  const { store, workflows } = dependencies;
  const { verifyIdentity } = createVerdicts({ ...dependencies, wakeNumber: workflows.wakeNumber });
  const tools: IdentityTools = { ...dependencies, verifyIdentity };
  return [
    route({
      method: 'put',
      path: '/v1/users/{id}/identity',
      id: 'declareIdentity',
      tag: 'Users',
      summary: 'Say who a user is',
      description:
        'Name and ID number. The carrier of the login phone is asked where it can tell: a match verifies the identity; a mismatch refuses it, unless the policy of the province keeps it as declared; without an answer it is declared, and asked about again when it is sent again. A verified identity stays.',
      access: { kind: 'token', scope: 'users:write', session: 'live' },
      params: z.strictObject({ id: z.string().meta({ description: "The user's id" }) }),
      body: jsonBody({ schema: identitySchema, example: { name: '李雷', idNumber: '11010519491231002X' } }),
      responses: { 200: { description: 'The user', schema: userSchema, example: userExample } },
      problems: [
        'name_invalid',
        'id_number_invalid',
        'under_age',
        'identity_mismatch',
        'identity_verified',
        'change_in_progress',
      ],
    }).handle(async ({ body, session, caller, requestRef, correlator, receivedAt: at }) => {
      const { user } = session;
      const idNumber = readDeclaredIdNumber(body.idNumber, { now: at, pointer: '/idNumber' });
      const person = { name: body.name, idNumber };
      await declareIdentity(tools, { session, person, ref: requestRef, at });
      const now = await store.users.find(user.userId);
      const view = now && (await userView(store, now));
      if (!view) throw new Problem('session_required');
      await noteView(store.audit, {
        caller,
        action: 'user.identified',
        subject: user.userId,
        correlator,
        at,
      });
      return { status: 200, body: view };
    }),
  ];
}

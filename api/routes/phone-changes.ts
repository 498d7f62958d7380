import { z } from 'zod';
import { jsonBody } from '../body-spec.ts';
import { createPhoneChanger, type PhoneChangeDependencies } from '../phone-changes/change.ts';
import { Problem } from '../problem.ts';
import { isProblemCode } from '../problem-codes.ts';
import { type Route, route } from '../route.ts';
import {
  changedPhoneExample,
  changedPhoneSchema,
  pendingPhoneChangeSchema,
  phoneChangeRefusals,
  phoneChangeRequestSchema,
  phoneChangeSchema,
} from '../schemas/phone-change.ts';
import { waitParameter } from '../schemas/primitives.ts';

const tag = 'Users';
const id = z.string().meta({ description: "The user's id" });
const headers = { location: 'Where to ask how it stands' };

/** Changing login phones. */
export function phoneChangeRoutes(dependencies: PhoneChangeDependencies): Route[] {
  const { now } = dependencies;
  const changer = createPhoneChanger(dependencies);

  return [
    route({
      method: 'put',
      path: '/v1/users/{id}/phone',
      id: 'changePhone',
      tag,
      summary: "Change a user's login phone",
      description:
        'Needs a login within the last 5 minutes, and the code that the new phone received for `change-phone`. A number that is somebody ' +
        'else’s login phone is taken over as by a registration. Once it is changed all sessions end. The same call again tells what came of it.',
      access: { kind: 'token', scope: 'users:write', session: 'fresh' },
      params: z.strictObject({ id }),
      body: jsonBody({
        schema: phoneChangeRequestSchema,
        example: {
          phone: '+8613800138001',
          verificationId: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11',
          code: '482913',
        },
      }),
      responses: {
        200: {
          description: 'It is the login phone',
          schema: changedPhoneSchema,
          headers,
          example: changedPhoneExample,
        },
        202: {
          description: 'It takes longer: its carrier hasn’t said yet whose the number is',
          schema: pendingPhoneChangeSchema,
          headers,
          example: {
            changeId: changedPhoneExample.changeId,
            userId: changedPhoneExample.userId,
            status: 'pending',
          },
        },
      },
      problems: [...phoneChangeRefusals, 'services_active', 'phone_invalid', 'number_not_served'],
    }).handle(async ({ body, session, correlator, receivedAt }) => {
      const state = await changer.change({ body, session, correlator, receivedAt });
      const location = `/v1/users/${state.userId}/phone-changes/${state.changeId}`;
      switch (state.status) {
        case 'changed':
          return { status: 200, headers: { location }, body: state };
        case 'pending':
          return { status: 202, headers: { location }, body: state };
        case 'refused':
          throw new Problem(isProblemCode(state.reason) ? state.reason : 'number_undecided');
      }
    }),

    route({
      method: 'get',
      path: '/v1/users/{id}/phone-changes/{changeId}',
      id: 'getPhoneChange',
      tag,
      summary: 'How a change of phone stands',
      access: { kind: 'token', scope: 'users:read' },
      params: z.strictObject({ id, changeId: z.string().meta({ description: "The change's id" }) }),
      query: z.strictObject({ wait: waitParameter }),
      responses: {
        200: { description: 'The change', schema: phoneChangeSchema, example: changedPhoneExample },
      },
      problems: ['phone_change_not_found'],
    }).handle(async ({ params, query: { wait } }) => {
      const state = await changer.find({ userId: params.id, changeId: params.changeId }, now() + wait);
      if (!state) throw new Problem('phone_change_not_found');
      return { status: 200, body: state };
    }),
  ];
}

import { z } from 'zod';
import { asRegistrationId } from '../../domain/ids.ts';
import { jsonBody } from '../body-spec.ts';
import { Problem } from '../problem.ts';
import { isProblemCode } from '../problem-codes.ts';
import { createRegistrar, type RegistrationDependencies } from '../registrations/register.ts';
import { type Route, route } from '../route.ts';
import { waitParameter } from '../schemas/primitives.ts';
import {
  pendingRegistrationSchema,
  registeredExample,
  registeredSchema,
  registrationRefusals,
  registrationRequestSchema,
  registrationSchema,
} from '../schemas/registration.ts';

const tag = 'Registrations';
const location = { location: 'Where to ask how it stands' };

/** Becoming a payment user. */
export function registrationRoutes(dependencies: RegistrationDependencies): Route[] {
  const { now } = dependencies;
  const registrar = createRegistrar(dependencies);

  return [
    route({
      method: 'post',
      path: '/v1/registrations',
      id: 'register',
      tag,
      summary: 'Register a user',
      description:
        'With the code that the phone received for `register`. A number that is somebody’s login phone is taken over where its carrier ' +
        'shows that it went to a new holder since; the former user keeps all but the phone. That may take a while: 202, and it goes on ' +
        'whether or not anybody asks. A nickname that is taken doesn’t use the code up.',
      access: { kind: 'token', scope: 'registrations:write' },
      body: jsonBody({
        schema: registrationRequestSchema,
        example: {
          phone: '+8613800138000',
          verificationId: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11',
          code: '482913',
          password: 'four quiet lanterns',
          nickname: '小李',
        },
      }),
      responses: {
        201: {
          description: 'The user is registered',
          schema: registeredSchema,
          headers: location,
          example: registeredExample,
        },
        202: {
          description: 'It takes longer: its carrier hasn’t said yet whose the number is',
          schema: pendingRegistrationSchema,
          headers: location,
          example: { registrationId: registeredExample.registrationId, status: 'pending' },
        },
      },
      problems: [
        ...registrationRefusals,
        'phone_invalid',
        'number_not_served',
        'password_too_short',
        'password_too_long',
        'password_too_common',
        'nickname_invalid',
        'email_invalid',
        'name_invalid',
        'id_number_invalid',
        'under_age',
      ],
    }).handle(async ({ body, requestRef, correlator, receivedAt }) => {
      const state = await registrar.register({ body, requestRef, correlator, receivedAt });
      const headers = { location: `/v1/registrations/${state.registrationId}` };
      switch (state.status) {
        case 'registered':
          return { status: 201, headers, body: state };
        case 'pending':
          return { status: 202, headers, body: state };
        case 'refused':
          throw new Problem(isProblemCode(state.reason) ? state.reason : 'number_undecided');
      }
    }),

    route({
      method: 'get',
      path: '/v1/registrations/{id}',
      id: 'getRegistration',
      tag,
      summary: 'How a registration stands',
      access: { kind: 'token', scope: 'registrations:write' },
      params: z.strictObject({ id: z.string().meta({ description: "The registration's id" }) }),
      query: z.strictObject({ wait: waitParameter }),
      responses: {
        200: { description: 'The registration', schema: registrationSchema, example: registeredExample },
      },
      problems: ['registration_not_found'],
    }).handle(async ({ params: { id }, query: { wait } }) => {
      const state = await registrar.find(asRegistrationId(id), now() + wait);
      if (!state) throw new Problem('registration_not_found');
      return { status: 200, body: state };
    }),
  ];
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { asVerificationId } from '../../domain/ids.ts';
import { formatInstant } from '../../domain/instant.ts';
import { codeLifetime, codeMessage } from '../../domain/verification-code.ts';
import { codeHashOf, drawCode } from '../../platform/verification-code.ts';
import { jsonBody } from '../body-spec.ts';
import { createCodeLimits } from '../code-limits.ts';
import { createCodeSender } from '../code-sender.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { phoneField } from '../schemas/primitives.ts';
import { purposeField, verificationSchema } from '../schemas/verification.ts';

type Dependencies = Pick<
  ApiDependencies,
  'store' | 'routing' | 'hasher' | 'sms' | 'aside' | 'codeLimits' | 'metrics' | 'logger' | 'now'
>;

/** Codes that prove that somebody holds a phone. */
export function verificationCodeRoutes(dependencies: Dependencies): Route[] {
  const { store, routing, hasher, now } = dependencies;
  const limitCodes = createCodeLimits(dependencies);
  const send = createCodeSender(dependencies);

  return [
    route({
      method: 'post',
      path: '/v1/verification-codes',
      id: 'sendVerificationCode',
      tag: 'Verification codes',
      summary: 'Have a code sent to a phone',
      description:
        'The answer is the same for every number that is served, whoever has it and whether or not the message arrives. ' +
        'A code is good for 5 minutes, once, for its phone and purpose, and for 5 guesses. How many may be asked for ' +
        'is limited by phone, end user address and client.',
      access: { kind: 'token', scope: 'codes:write' },
      // Whoever asks again wants another message.
      idempotent: false,
      body: jsonBody({
        schema: z.strictObject({ phone: phoneField, purpose: purposeField }).meta({ id: 'CodeRequest' }),
        example: { phone: '+8613800138000', purpose: 'register' },
      }),
      responses: { 202: { description: 'A code is on its way', schema: verificationSchema } },
      problems: ['phone_invalid', 'number_not_served', 'too_many_requests'],
    }).handle(async ({ body: { phone, purpose }, caller, address }) => {
      // Nothing on this path reads what is known of the number: neither answer nor time can tell it.
      if (!routing.routeOf(phone)) throw new Problem('number_not_served');
      const numberKey = hasher.numberKeyOf(phone);
      await limitCodes({ numberKey, address, clientId: caller.clientId });

      const verificationId = asVerificationId(randomUUID());
      const code = drawCode();
      const issuedAt = now();
      const expiresAt = issuedAt + codeLifetime;
      const codeHash = codeHashOf(hasher, { verificationId, code });
      await store.verifications.issue({ verificationId, numberKey, purpose, codeHash, issuedAt, expiresAt });
      await send({
        to: phone,
        text: codeMessage({ code, purpose }),
        template: { purpose, code },
        idempotencyKey: `${verificationId}:code`,
      });
      return { status: 202, body: { verificationId, expiresAt: formatInstant(expiresAt) } };
    }),
  ];
}

import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { authorizationOf } from '../dev/demo/authorization.ts';
import { asVerificationId } from '../domain/ids.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { VerificationPurpose } from '../domain/verification-code.ts';
import { codeHashOf, drawCode } from '../platform/verification-code.ts';
import type { Bed } from './bed.ts';
import type { PreparedCall } from './callers.ts';

/** Good by the rules for passwords. */
export const password = 'four quiet lanterns';

/** A code lives for five minutes; a round takes some seconds. */
const codeLifeMs = 300_000;
const writesAtOnce = 20;

/** Calls as a payment site makes them. */
export interface Site {
  /** Registrations, each with a code of its own. */
  registrations(phones: readonly PhoneNumber[]): Promise<PreparedCall[]>;
  /** Logins by a code. */
  logins(phones: readonly PhoneNumber[]): Promise<PreparedCall[]>;
}

/** A call with a JSON body. */
export const jsonCall = (body: object, headers: Readonly<Record<string, string>> = {}): PreparedCall => ({
  body: Buffer.from(JSON.stringify(body)),
  headers: { 'content-type': 'application/json', ...headers },
});

/**
 * Makes calls before the clock runs, so that making them isn't measured. Codes are put into the store as if they had been
 * sent: whoever measures doesn't wait for an SMS.
 */
export async function openSite({ stack, store, hasher }: Bed): Promise<Site> {
  const headers = await authorizationOf(stack.endpoints, 'paymentApp');
  const limit = pLimit(writesAtOnce);

  const withCodes = (
    phones: readonly PhoneNumber[],
    purpose: VerificationPurpose,
    more: object = {},
  ): Promise<PreparedCall[]> =>
    limit.map(phones, async (phone) => {
      const verificationId = asVerificationId(randomUUID());
      const code = drawCode();
      const issuedAt = Date.now();
      await store.verifications.issue({
        verificationId,
        numberKey: hasher.numberKeyOf(phone),
        purpose,
        codeHash: codeHashOf(hasher, { verificationId, code }),
        issuedAt,
        expiresAt: issuedAt + codeLifeMs,
      });
      return jsonCall({ phone, verificationId, code, ...more }, headers);
    });

  return {
    registrations: (phones) => withCodes(phones, 'register', { password }),
    logins: (phones) => withCodes(phones, 'login'),
  };
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { asVerificationId } from '../../domain/ids.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import type { VerificationPurpose } from '../../domain/verification-code.ts';
import { codeHashOf } from '../../platform/verification-code.ts';
import type { Store } from '../../store/store.ts';
import { testHasher } from '../store/open-store.ts';
import type { Answered } from './api.ts';

/** A password that nothing is said against. */
export const password = 'four quiet lanterns';

/** What an accepted registration answers. */
export const readRegistration = ({ body }: Answered) =>
  z
    .looseObject({
      registrationId: z.string(),
      status: z.enum(['pending', 'registered', 'refused']),
      userId: z.string().optional(),
      formerHolderReleased: z.boolean().optional(),
      reason: z.string().optional(),
    })
    .parse(body);

let phones = 0;

/** A number of Sichuan that no test had before. */
export function freshPhone(): string {
  phones += 1;
  return `+86138${String(10_000_000 + phones)}`;
}

/** Keeps a code as if it had been sent to a phone, without a limit on how many. Gives what it is proven with. */
export async function issueCode(
  store: Store,
  phone: string,
  { issuedAt = Date.now(), purpose = 'register' }: { issuedAt?: number; purpose?: VerificationPurpose } = {},
): Promise<{ verificationId: string; code: string }> {
  const parsed = parsePhoneNumber(phone);
  if (!parsed.ok) throw new Error(parsed.detail);
  const verificationId = asVerificationId(randomUUID());
  const code = '482913';
  await store.verifications.issue({
    verificationId,
    numberKey: testHasher.numberKeyOf(parsed.value),
    purpose,
    codeHash: codeHashOf(testHasher, { verificationId, code }),
    issuedAt,
    expiresAt: issuedAt + 5 * 60_000,
  });
  return { verificationId, code };
}

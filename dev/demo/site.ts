import { z } from 'zod';
import type { Endpoints } from '../stack/endpoints.ts';
import { authorizationOf } from './authorization.ts';
import { jsonOf, outcomeOf } from './call.ts';
import type { Identity, Provinces } from './provinces.ts';
import { StoryBroken } from './witness.ts';

/** What the site was answered: the status, and of the body what a story looks at. */
export type Outcome = { status: number; body: z.output<typeof outcomeBody> };

/** What a code is good for. */
export type Purpose = 'register' | 'login' | 'reset-password';

/** A code that came by SMS. */
export type Code = { verificationId: string; code: string };

/** The payment site, as its app server calls Linekeeper for people in front of their screens. */
export type Site = {
  /** Asks for a code, and reads it off the phone that gets it. */
  codeFor: (phone: string, purpose: Purpose) => Promise<Code>;
  register: (person: {
    phone: string;
    password: string;
    nickname?: string;
    identity?: Identity;
  }) => Promise<Outcome>;
  /** What came of a registration that was answered with 202, waited for. */
  registration: (registrationId: string) => Promise<Outcome>;
  loginByPassword: (login: string, password: string) => Promise<Outcome>;
  loginByCode: (phone: string) => Promise<Outcome>;
  resetByCode: (phone: string, newPassword: string) => Promise<Outcome>;
  topUp: (accountId: string, amountFen: number) => Promise<Outcome>;
};

const outcomeBody = z.object({
  code: z.string().optional(),
  status: z.union([z.string(), z.int()]).optional(),
  reason: z.string().nullish(),
  userId: z.string().nullish(),
  registrationId: z.string().optional(),
  formerHolderReleased: z.boolean().optional(),
  alternatives: z.array(z.string()).optional(),
  sessionToken: z.string().optional(),
});
const asked = z.object({ verificationId: z.string() });

/** An SMS arrives within the second in which its code was asked for; a busy machine takes some. */
const SMS_PATIENCE_MS = 10_000;

/** Gets a token from the stack's issuer and gives the API to the site with it. */
export async function openSite(endpoints: Endpoints, provinces: Pick<Provinces, 'smsTo'>): Promise<Site> {
  const authorization = await authorizationOf(endpoints, 'paymentApp');
  const headers = { ...authorization, 'content-type': 'application/json' };
  const post = (path: string, body: unknown) => ({
    method: 'POST' as const,
    url: `${endpoints.api}${path}`,
    headers,
    body: JSON.stringify(body),
  });
  const outcome = (path: string, body: unknown) => outcomeOf(post(path, body), outcomeBody);

  const newestCode = async (phone: string, before: number): Promise<string> => {
    const deadline = Date.now() + SMS_PATIENCE_MS;
    do {
      const texts = await provinces.smsTo(phone);
      const code = texts.length > before ? /\d{6}/.exec(texts.at(-1) ?? '')?.[0] : undefined;
      if (code !== undefined) return code;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } while (Date.now() < deadline);
    throw new StoryBroken('A code should come by SMS, and none came');
  };

  const codeFor: Site['codeFor'] = async (phone, purpose) => {
    const before = (await provinces.smsTo(phone)).length;
    const { verificationId } = await jsonOf(post('/v1/verification-codes', { phone, purpose }), asked);
    return { verificationId, code: await newestCode(phone, before) };
  };

  return {
    codeFor,
    register: async (person) =>
      outcome('/v1/registrations', { ...person, ...(await codeFor(person.phone, 'register')) }),
    registration: (registrationId) =>
      outcomeOf(
        { method: 'GET', url: `${endpoints.api}/v1/registrations/${registrationId}?wait=20`, headers },
        outcomeBody,
      ),
    loginByPassword: (login, password) => outcome('/v1/sessions', { login, password }),
    loginByCode: async (phone) => outcome('/v1/sessions', { phone, ...(await codeFor(phone, 'login')) }),
    resetByCode: async (phone, newPassword) =>
      outcome('/v1/password-resets', {
        phone,
        newPassword,
        ...(await codeFor(phone, 'reset-password')),
      }),
    topUp: (accountId, amountFen) =>
      outcome(`/v1/accounts/${accountId}/top-ups`, { amountFen, source: 'demo' }),
  };
}

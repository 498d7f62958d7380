import type { Endpoints } from '../../dev/stack/endpoints.ts';
import { until } from './until.ts';

/** What the site was answered; of a body what tests look at. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly status?: string | number;
    readonly reason?: string;
    readonly userId?: string;
    readonly registrationId?: string;
    readonly formerHolderReleased?: boolean;
    readonly sessionToken?: string;
    readonly verificationId?: string;
    readonly items?: readonly object[];
  };
}

/** A call of the site's server. */
export interface SiteCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** `Idempotency-Key`. */
  readonly key?: string;
  /** `x-correlator`. */
  readonly correlator?: string;
  /** `X-User-Session`. */
  readonly session?: string;
}

/** A code that came by SMS. */
export interface Code {
  readonly verificationId: string;
  readonly code: string;
}

/** What a code is asked for. */
export type Purpose = 'register' | 'login' | 'reset-password' | 'change-phone';

/** The payment site, as its server calls a stack for people in front of their screens. */
export function createSite({ api, issuer, simulator, clients }: Endpoints) {
  let token: Promise<string> | undefined;

  const getToken = async (): Promise<string> => {
    const { id, secret, scope } = clients.paymentApp;
    const answered = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
    const { access_token: given }: { access_token: string } = JSON.parse(await answered.text());
    return given;
  };

  /** Throws where there is no answer. */
  const call = async ({ method, path, body, key, correlator, session }: SiteCall): Promise<Answer> => {
    token ??= getToken();
    const response = await fetch(`${api}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${await token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(correlator === undefined ? {} : { 'x-correlator': correlator }),
        ...(session === undefined ? {} : { 'x-user-session': session }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };

  /** The texts that a phone received, oldest first. */
  const smsTo = async (phone: string): Promise<string[]> => {
    const answered = await fetch(`${simulator}/_sim/sms?${new URLSearchParams({ phone })}`);
    const { items }: { items: { text: string }[] } = JSON.parse(await answered.text());
    return items.map(({ text }) => text);
  };

  return {
    call,

    /** Asks for a code and reads it off the phone. */
    async codeFor(phone: string, purpose: Purpose): Promise<Code> {
      const before = (await smsTo(phone)).length;
      const { status, body } = await call({ path: '/v1/verification-codes', body: { phone, purpose } });
      if (body.verificationId === undefined) throw new Error(`no code was sent: ${status} ${body.code}`);
      const code = await until({
        what: 'the code arrives',
        withinMs: 20_000,
        everyMs: 50,
        look: async () => /\d{6}/.exec((await smsTo(phone)).slice(before).at(-1) ?? '')?.[0],
      });
      return { verificationId: body.verificationId, code };
    },

    /** The token of the newest mail to an address that isn't one of these. */
    tokenMailedTo: (to: string, known: readonly string[] = []): Promise<string> =>
      until({
        what: 'a mail with a token arrives',
        withinMs: 30_000,
        look: async () => {
          const answered = await fetch(`${simulator}/_sim/mail?${new URLSearchParams({ to })}`);
          const { items }: { items: { text: string }[] } = JSON.parse(await answered.text());
          const tokens = items.flatMap(({ text }) => /^[\w-]{43}$/m.exec(text)?.[0] ?? []);
          return tokens.findLast((token) => !known.includes(token));
        },
      }),

    /** Waits until a registration is settled, and gives how it ended. */
    outcomeOf: (registrationId: string, withinMs: number): Promise<Answer> =>
      until({
        what: 'a registration is settled',
        withinMs,
        look: async () => {
          const answer = await call({ path: `/v1/registrations/${registrationId}?wait=5` });
          return answer.status === 200 && answer.body.status !== 'pending' && answer;
        },
      }),
  };
}

/** The payment site of one stack. */
export type Site = ReturnType<typeof createSite>;

import { z } from 'zod';
import { jsonBody } from '../../api/body-spec.ts';
import { route } from '../../api/route.ts';
import { phoneField } from '../../api/schemas/primitives.ts';
import { codeField, purposeField, verificationIdField } from '../../api/schemas/verification.ts';
import { proveCode } from '../../api/verification.ts';
import type { VerificationPurpose } from '../../domain/verification-code.ts';
import { testHasher } from '../store/open-store.ts';
import { openApi, type TestApi } from './api.ts';
import { expectProblem } from './problems.ts';

const phone = '+8613800138101';
const started = Date.now();
const minute = 60_000;

let api: TestApi;
let token: string;
/** The time that the app is told. */
let clock = started;

beforeAll(async () => {
  api = await openApi({ now: () => clock, further: (tools) => [proofRoute(tools.store)] });
  token = await api.token({ scope: 'codes:write', expiresIn: 3_600 });
});
afterAll(() => api.close());
beforeEach(() => {
  clock = started;
});

/** A route that is for nothing but proving a code. */
const proofRoute = (store: TestApi['store']) =>
  route({
    method: 'post',
    path: '/v1/proofs',
    id: 'proveForTests',
    tag: 'Tests',
    summary: 'Prove a code',
    access: { kind: 'token', scope: 'codes:write' },
    body: jsonBody({
      schema: z.strictObject({
        phone: phoneField,
        purpose: purposeField,
        verificationId: verificationIdField,
        code: codeField,
      }),
      example: { phone, purpose: 'login', verificationId: 'v', code: '123456' },
    }),
    responses: { 200: { description: 'Proven', schema: z.strictObject({ provenAt: z.number() }) } },
    problems: ['code_invalid'],
  }).handle(async ({ body, requestRef, receivedAt }) => {
    const { phone: about, ...guess } = body;
    const numberKey = testHasher.numberKeyOf(about);
    const { provenAt } = await proveCode(
      { store, hasher: testHasher },
      { ...guess, numberKey, by: requestRef, now: receivedAt },
    );
    return { status: 200, body: { provenAt } };
  });

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('/v1/verification-codes', { token, body, headers });

interface Guess {
  phone: string;
  purpose: VerificationPurpose;
  verificationId: string;
  code: string;
}

const prove = (guess: Guess, headers: Record<string, string> = {}) =>
  api.call('/v1/proofs', { token, body: guess, headers });

/** A code that a phone received, as it is to be proven. */
async function received(about: Partial<Pick<Guess, 'phone' | 'purpose'>> = {}): Promise<Guess> {
  const asked = { phone, purpose: 'login' as const, ...about };
  return { ...asked, ...(await api.codeFor(asked.phone, asked.purpose)) };
}

/** Codes that are not the right one. */
const wrong = ({ code }: Guess, index: number): string =>
  String((Number(code) + 1 + index) % 1e6).padStart(6, '0');

describe('POST /v1/verification-codes', () => {
  it('a served number → 202 with the id and the time until when, and one message to the phone', async () => {
    const before = api.sms.handed.length;
    const answered = await ask({ phone, purpose: 'register' });
    expect(answered).toMatchObject({
      status: 202,
      body: {
        verificationId: expect.stringMatching(/^[\da-f-]{36}$/),
        expiresAt: new Date(started + 5 * minute).toISOString(),
      },
    });
    const messages = api.sms.handed.slice(before);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ to: phone, template: { purpose: 'register' } });
    expect(messages[0]?.text.match(/\d{6}/g)).toEqual([messages[0]?.template.code]);
  });

  it('an Idempotency-Key → not taken: each call has a code of its own', async () => {
    const headers = { 'idempotency-key': 'same' };
    const answers = [
      await ask({ phone, purpose: 'login' }, headers),
      await ask({ phone, purpose: 'login' }, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(answers[0]?.text).not.toBe(answers[1]?.text);
  });

  it.each([
    ['a number of no province', { phone: '+8613700137000', purpose: 'login' }, 'number_not_served'],
    ['no number', { phone: '13800138101', purpose: 'login' }, 'phone_invalid'],
    ['a purpose that there is not', { phone, purpose: 'borrow' }, 'invalid_request'],
    ['no purpose', { phone }, 'invalid_request'],
    ['more than is asked for', { phone, purpose: 'login', code: '123456' }, 'invalid_request'],
  ] as const)('%s → refused, and nothing is sent', async (_, body, code) => {
    const before = api.sms.handed.length;
    expectProblem(await ask(body), code);
    expect(api.sms.handed).toHaveLength(before);
  });

  it('another scope → refused', async () => {
    const other = await api.token({ scope: 'sessions:write' });
    expectProblem(
      await api.call('/v1/verification-codes', { token: other, body: { phone, purpose: 'login' } }),
      'scope_missing',
    );
  });
});

describe('a code', () => {
  it('the right one → proven, with the time', async () => {
    const code = await received();
    await expect(prove(code)).resolves.toMatchObject({ status: 200, body: { provenAt: started } });
  });

  it('wrong → code_invalid, and the right one is still good', async () => {
    const code = await received();
    expectProblem(await prove({ ...code, code: wrong(code, 0) }), 'code_invalid');
    await expect(prove(code)).resolves.toMatchObject({ status: 200 });
  });

  it.each(['12345', '1234567', 'abcdef', '１２３４５６', '\u0000', ' '])(
    'of the form %j → code_invalid',
    async (text) => {
      expectProblem(await prove({ ...(await received()), code: text }), 'code_invalid');
    },
  );

  it.each([
    ['a moment before its five minutes are over', 5 * minute - 1, 200],
    ['when its five minutes are over', 5 * minute, 422],
  ])('%s → %i', async (_, later, status) => {
    const code = await received();
    clock = started + later;
    const answered = await prove(code);
    expect(answered.status).toBe(status);
    if (status === 422) expectProblem(answered, 'code_invalid');
  });

  it('used → code_invalid', async () => {
    const code = await received();
    await prove(code);
    expectProblem(await prove(code), 'code_invalid');
  });

  it('proven by 20 at one instant → one of them has it', async () => {
    const code = await received();
    const answers = await Promise.all(Array.from({ length: 20 }, () => prove(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
  });

  it.each([
    ['another phone', { phone: '+8613800138102' }],
    ['another purpose', { purpose: 'reset-password' }],
    ['another verification', { verificationId: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11' }],
  ] as const)('of %s → code_invalid, and it stays good for its own', async (_, change) => {
    const code = await received();
    expectProblem(await prove({ ...code, ...change }), 'code_invalid');
    await expect(prove(code)).resolves.toMatchObject({ status: 200 });
  });

  it('guessed five times → the right one is refused too', async () => {
    const code = await received();
    for (let index = 0; index < 5; index += 1) {
      expectProblem(await prove({ ...code, code: wrong(code, index) }), 'code_invalid');
    }
    expectProblem(await prove(code), 'code_invalid');
  });

  it('guessed four times → the right one is proven', async () => {
    const code = await received();
    for (let index = 0; index < 4; index += 1) await prove({ ...code, code: wrong(code, index) });
    await expect(prove(code)).resolves.toMatchObject({ status: 200 });
  });

  it('the same wrong guess five times → costs five guesses', async () => {
    const code = await received();
    for (let index = 0; index < 5; index += 1) await prove({ ...code, code: wrong(code, 0) });
    expectProblem(await prove(code), 'code_invalid');
  });

  it('guessed by 50 at one instant → no more than five guesses count', async () => {
    const code = await received();
    await Promise.all(Array.from({ length: 50 }, (_, index) => prove({ ...code, code: wrong(code, index) })));
    const kept = await api.store.verifications.model.findById(code.verificationId).lean();
    expect(kept?.tries).toHaveLength(5);
    expectProblem(await prove(code), 'code_invalid');
  });

  it('a second one for the same phone → the first is still good', async () => {
    const [first, second] = [await received(), await received()];
    await expect(prove(first)).resolves.toMatchObject({ status: 200 });
    await expect(prove(second)).resolves.toMatchObject({ status: 200 });
  });
});

import { z } from 'zod';
import { createAuthenticator } from '../../api/middleware/authenticate.ts';
import { Problem } from '../../api/problem.ts';
import { type Route, route } from '../../api/route.ts';
import { createLogger } from '../../platform/logger.ts';
import { type Answered, openApi, type TestApi } from './api.ts';
import type { TokenFacts } from './issuer.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;

/** No route of today asks for a role, so one of the tests does. */
const forLeads: Route = route({
  method: 'get',
  path: '/test/for-leads',
  id: 'forLeads',
  tag: 'Test',
  summary: 'For leads',
  access: { kind: 'token', scope: 'numbers:read', roles: ['support-lead', 'auditor'] },
  responses: { 200: { description: 'Who asks', schema: z.strictObject({ subject: z.string() }) } },
}).handle(async ({ caller }) => ({ status: 200, body: { subject: caller.subject } }));

beforeAll(async () => {
  api = await openApi({ further: () => [forLeads] });
});
afterAll(() => api.close());

const listWith = async (facts: TokenFacts): Promise<Answered> =>
  api.call('/v1/numbers', { token: await api.token(facts) });

describe('a call without a token', () => {
  it.each([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: 'Basic cGF5bWVudC1hcHA6c2VjcmV0' }],
  ])('%s → token_missing with a challenge that names no error', async (_, headers) => {
    const answered = await api.call('/v1/numbers', { headers });
    expectProblem(answered, 'token_missing');
    expect(answered.headers.get('www-authenticate')).toBe('Bearer realm="linekeeper"');
  });

  it('on every path of /v1 that OpenAPI knows → refused before anything else is looked at', async () => {
    const { body } = await api.call('/openapi.json');
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(body);
    const asked = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [path, method.toUpperCase()] as const),
    );
    const closed = asked.filter(([path]) => path.startsWith('/v1/') && !path.startsWith('/v1/carriers/'));
    expect(closed.length).toBeGreaterThan(5);
    for (const [path, method] of closed) {
      expectProblem(await api.call(path, { method }), 'token_missing');
    }
  });
});

describe('a token', () => {
  it('of the issuer, for us, with the scope → lets in', async () => {
    expect((await listWith({ scope: 'users:read numbers:read' })).status).toBe(200);
  });

  it('that has expired → token_expired', async () => {
    const answered = await listWith({ scope: 'numbers:read', expiresIn: -60 });
    expectProblem(answered, 'token_expired');
    expect(answered.headers.get('www-authenticate')).toBe('Bearer realm="linekeeper", error="invalid_token"');
  });

  it.each<[string, TokenFacts]>([
    ['for another audience', { audience: 'another-service' }],
    ['of another issuer', { issuer: 'https://issuer.example' }],
    ['signed by a stranger', { signedBy: 'stranger' }],
    ['without a signature', { signedBy: 'none' }],
    ['signed with our public key as a secret', { signedBy: 'public-key' }],
  ])('%s → token_invalid', async (_, facts) => {
    const answered = await listWith({ scope: 'numbers:read', ...facts });
    expectProblem(answered, 'token_invalid');
    expect(answered.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it.each([
    ['no JWT', 'abc'],
    ['three dots', 'a.b.c'],
    ['signs that no token has', 'a b'],
  ])('that is %s → token_invalid', async (_, token) => {
    expectProblem(await api.call('/v1/numbers', { token }), 'token_invalid');
  });

  it('that was changed on the way → token_invalid', async () => {
    const [head, , signature] = (await api.token({ scope: 'users:read' })).split('.');
    const [, body] = (await api.token({ scope: 'numbers:read' })).split('.');
    expectProblem(await api.call('/v1/numbers', { token: `${head}.${body}.${signature}` }), 'token_invalid');
  });

  it.each([[''], ['users:read'], ['numbers:read-all'], ['NUMBERS:READ']])(
    'with the scopes "%s" → scope_missing that names the scope',
    async (scope) => {
      const answered = await listWith({ scope });
      expectProblem(answered, 'scope_missing');
      expect(answered.headers.get('www-authenticate')).toContain('scope="numbers:read"');
    },
  );

  it.each([
    ['POST', '/v1/number-lookups', 'numbers:read'],
    ['GET', '/v1/numbers', 'numbers:read'],
    ['GET', '/v1/numbers/n1_x', 'numbers:read'],
    ['GET', '/v1/numbers/n1_x/timeline', 'numbers:read'],
    ['GET', '/v1/users/u-1', 'users:read'],
    ['GET', '/v1/audit', 'audit:read'],
  ])('with every other scope at %s %s → scope_missing', async (method, path, scope) => {
    const others = ['numbers:read', 'users:read', 'audit:read', 'imports:read', 'imports:write'];
    const token = await api.token({ scope: others.filter((other) => other !== scope).join(' ') });
    expectProblem(await api.call(path, { method, token }), 'scope_missing');
  });

  it('without one of the roles → role_missing; with one → lets in', async () => {
    const scope = 'numbers:read';
    const asked = async (roles?: string[]) =>
      api.call('/test/for-leads', { token: await api.token({ scope, ...(roles ? { roles } : {}) }) });
    expectProblem(await asked(), 'role_missing');
    expectProblem(await asked(['support']), 'role_missing');
    expect((await asked(['support', 'auditor'])).status).toBe(200);
  });
});

describe('an issuer that is away', () => {
  it('→ temporarily_unavailable, and the next call asks it again', async () => {
    const authenticator = createAuthenticator({
      issuer: 'http://127.0.0.1:9',
      audience: 'linekeeper',
      logger: createLogger({ name: 'api', level: 'silent' }),
      now: Date.now,
    });
    const headers = { authorization: `Bearer ${await api.token()}` };
    const access = { kind: 'token', scope: 'numbers:read' } as const;
    for (const _ of [1, 2]) {
      const refused: unknown = await authenticator.authenticate(access, headers).catch((error) => error);
      expect(refused).toBeInstanceOf(Problem);
      expect(refused).toMatchObject({ code: 'temporarily_unavailable', headers: { 'retry-after': '5' } });
    }
  });
});

import { z } from 'zod';
import { roles, scopes } from '../../api/access.ts';
import { problemCodes } from '../../api/problem-codes.ts';
import { numberExample, numberSchema } from '../../api/schemas/number.ts';
import { userExample, userSchema } from '../../api/schemas/user.ts';
import { API_SCOPES } from '../../dev/issuer/access.ts';
import { openApi, type TestApi } from './api.ts';

let api: TestApi;

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({})) }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string(), content: z.looseObject({}).optional() }),
  ),
});
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

let document: z.infer<typeof documentSchema>;
let text: string;

beforeAll(async () => {
  api = await openApi();
  const answered = await api.call('/openapi.json');
  text = answered.text;
  document = documentSchema.parse(answered.body);
});
afterAll(() => api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
const operationAt = (method: string, path: string) => {
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`${method} ${path} is not described`);
  return operation;
};

/** The codes that an operation says it can answer with. */
const codesOf = ({ responses }: z.infer<typeof operationSchema>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(responses).flatMap(([status, { content }]) => {
      const problem = z
        .looseObject({ examples: z.record(z.string(), z.unknown()) })
        .safeParse(content?.['application/problem+json']);
      return problem.success ? [[status, Object.keys(problem.data.examples)]] : [];
    }),
  );

/** Registrations answer these with the status of the table, logins and resets by code with 403. */
const byGates = ['number_undecided', 'number_frozen'];

describe('GET /openapi.json', () => {
  it.each([
    ['post', '/v1/carriers/{province}/{system}/events'],
    ['post', '/v1/number-lookups'],
    ['get', '/v1/numbers'],
    ['get', '/v1/numbers/{numberKey}'],
    ['get', '/v1/numbers/{numberKey}/timeline'],
    ['get', '/v1/users/{id}'],
    ['get', '/v1/audit'],
    ['post', '/v1/sessions'],
    ['get', '/v1/users/{id}/sessions'],
    ['delete', '/v1/users/{id}/sessions/{sessionId}'],
    ['put', '/v1/users/{id}/password'],
    ['post', '/v1/password-resets'],
    ['get', '/health/live'],
    ['get', '/health/ready'],
    ['get', '/metrics'],
    ['get', '/openapi.json'],
  ])('%s %s of the contract → described', (method, path) => {
    expect(operationAt(method, path).summary).not.toBe('');
  });

  it('→ every reference leads somewhere', () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(references.length).toBeGreaterThan(10);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name ?? '');
  });

  it('→ every operation has an id of its own', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('→ every closed operation names its one scope, which is one of ours', () => {
    const closed = operations().filter(({ path }) => path.startsWith('/v1/') && !path.includes('/carriers/'));
    expect(closed.length).toBeGreaterThan(5);
    for (const { operation } of closed) {
      expect(operation.security).toHaveLength(2);
      for (const requirement of operation.security) {
        const [named] = Object.values(requirement);
        expect(named).toHaveLength(1);
        expect(Object.keys(scopes)).toContain(named?.[0]);
      }
    }
  });

  it('→ every path parameter is described', () => {
    for (const { path, operation } of operations()) {
      const named = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(named.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    }
  });

  it('→ problems by their status, each code where the table puts it', () => {
    for (const { operation } of operations()) {
      for (const [status, codes] of Object.entries(codesOf(operation))) {
        for (const code of codes) {
          const usual = String(problemCodes[code as keyof typeof problemCodes].status);
          expect(byGates.includes(code) ? [usual, '403'] : [usual]).toContain(status);
        }
      }
    }
  });

  it('→ the problems that a route brings along by what it is', () => {
    const codes = Object.values(codesOf(operationAt('post', '/v1/number-lookups'))).flat();
    expect(codes).toEqual(
      expect.arrayContaining([
        ...[
          'malformed_json',
          'invalid_request',
          'body_too_large',
          'unsupported_media_type',
          'correlator_invalid',
        ],
        ...['token_missing', 'token_invalid', 'token_expired', 'scope_missing', 'temporarily_unavailable'],
        ...['request_in_progress', 'idempotency_key_reused', 'phone_invalid', 'number_not_served'],
      ]),
    );
    const carriers = Object.values(
      codesOf(operationAt('post', '/v1/carriers/{province}/{system}/events')),
    ).flat();
    expect(carriers).toEqual(
      expect.arrayContaining([
        'signature_missing',
        'signature_invalid',
        'signature_expired',
        'webhook_id_reused',
      ]),
    );
    expect(carriers).not.toContain('idempotency_key_reused');
  });

  it('→ bodies refuse unknown properties, with examples that fit', () => {
    expect(document.components.schemas.NumberLookup).toMatchObject({ additionalProperties: false });
    expect(numberSchema.safeParse(numberExample).success).toBe(true);
    expect(userSchema.safeParse(userExample).success).toBe(true);
  });

  it('→ the three forms of a carrier event', () => {
    for (const name of ['NumberEvent', 'EventRetraction', 'FeedHeartbeat']) {
      expect(document.components.schemas).toHaveProperty(name);
    }
    const { content } = operationAt('post', '/v1/carriers/{province}/{system}/events').requestBody ?? {
      content: {},
    };
    expect(Object.keys(content)).toEqual([
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ]);
  });
});

describe('the tables of codes, scopes and roles', () => {
  it.each(Object.keys(problemCodes))('%s → snake case, with a status of its kind', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(problemCodes[code as keyof typeof problemCodes].status).toBeGreaterThanOrEqual(400);
  });

  it('the scopes → known to the issuer of the embedded stack', () => {
    expect(API_SCOPES).toEqual(expect.arrayContaining(Object.keys(scopes)));
  });

  it('the roles → those of the contract', () => {
    expect(roles).toEqual(['support', 'support-lead', 'auditor']);
  });
});

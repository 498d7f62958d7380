import { connect } from 'node:net';
import { type Answered, openApi, type TestApi } from './api.ts';
import { expectProblem, faultsOf } from './problems.ts';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await openApi();
  token = await api.token({ scope: 'numbers:read audit:read' });
});
afterAll(() => api.close());

const lookUp = (body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
  api.call('/v1/number-lookups', { token, body, headers });

describe('a body', () => {
  it.each([
    ['cut off', '{"phone": "+8613800138000"'],
    ['no JSON at all', 'phone=+8613800138000'],
    ['empty', ''],
    ['with a byte order mark', '\uFEFF{"phone":"+8613800138000"}'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
  ])('%s → malformed_json, and nothing of it in the answer', async (_, body) => {
    const answered = await lookUp(body);
    expectProblem(answered, 'malformed_json');
    expect(answered.text).not.toContain('13800138000');
  });

  it('with an unknown property → invalid_request that points at it', async () => {
    const answered = await lookUp({ phone: '+8613800138000', province: 'sichuan' });
    expectProblem(answered, 'invalid_request');
    expect(faultsOf(answered)).toEqual([
      { pointer: '/province', message: 'This property is not known here' },
    ]);
  });

  it.each([['__proto__'], ['constructor']])('with %s as a property → invalid_request', async (name) => {
    expectProblem(await lookUp(`{"phone":"+8613800138000","${name}":{"admin":true}}`), 'invalid_request');
  });

  it("whose unknown property's name is a phone number → it is not repeated", async () => {
    const answered = await lookUp({ phone: '+8613800138000', '+8613900139000': 1 });
    expectProblem(answered, 'invalid_request');
    expect(answered.text).not.toContain('13900139000');
  });

  it.each([
    ['a number', 13800138000],
    ['an object', { number: '+8613800138000' }],
    ['a list', ['+8613800138000']],
    ['null', null],
  ])(
    'with %s where text belongs → invalid_request that points at it, without the value',
    async (_, phone) => {
      const answered = await lookUp({ phone });
      expectProblem(answered, 'invalid_request');
      expect(faultsOf(answered)).toMatchObject([{ pointer: '/phone' }]);
      expect(answered.text).not.toContain('13800138000');
    },
  );

  it('without a property → it is named as required', async () => {
    expect(faultsOf(await lookUp({}))).toEqual([{ pointer: '/phone', message: 'Required' }]);
  });

  it.each([
    ['a list', []],
    ['a text', '"x"'],
    ['null', 'null'],
  ])('that is %s → invalid_request', async (_, body) => {
    const answered = await lookUp(body);
    expectProblem(answered, 'invalid_request');
    expect(faultsOf(answered)).toMatchObject([{ pointer: '' }]);
  });

  it('of more than 64 KB → body_too_large', async () => {
    expectProblem(await lookUp({ phone: '9'.repeat(64 * 1024) }), 'body_too_large');
  });

  it('of more than 64 KB, in pieces of unknown length → body_too_large', async () => {
    const piece = new TextEncoder().encode('9'.repeat(16 * 1024));
    const response = await fetch(`${api.url}/v1/number-lookups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: new ReadableStream({
        start(controller) {
          for (let index = 0; index < 5; index += 1) controller.enqueue(piece);
          controller.close();
        },
      }),
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });

  it.each([
    ['no type', ''],
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
    ['another character set', 'application/json; charset=gbk'],
  ])('with %s → unsupported_media_type', async (_, type) => {
    expectProblem(
      await lookUp('{"phone":"+8613800138000"}', { 'content-type': type }),
      'unsupported_media_type',
    );
  });

  it('that is compressed → unsupported_media_type', async () => {
    expectProblem(await lookUp('x', { 'content-encoding': 'gzip' }), 'unsupported_media_type');
  });

  it('in UTF-8 by name → is taken', async () => {
    const type = { 'content-type': 'Application/JSON; Charset=UTF-8' };
    expect((await lookUp('{"phone":"+8613800138000"}', type)).status).toBe(200);
  });
});

describe('a phone number', () => {
  it.each([
    ['without its country', '13800138000'],
    ['with spaces', '+86 138 0013 8000'],
    ['with a trunk zero', '+86013800138000'],
    ['of another country', '+14155550100'],
    ['too short', '+8613800'],
    ['of a service', '+864008000000'],
    ['empty', ''],
  ])('%s → phone_invalid, without the number', async (_, phone) => {
    const answered = await lookUp({ phone });
    expectProblem(answered, 'phone_invalid');
    expect(faultsOf(answered)).toEqual([
      { pointer: '/phone', message: expect.stringMatching(/^phone_invalid: /) },
    ]);
    if (phone !== '') expect(answered.text).not.toContain(phone);
  });

  it('that no province here serves → number_not_served, and no trace of it', async () => {
    expectProblem(await lookUp({ phone: '+8613700137000' }), 'number_not_served');
    expect(await api.store.numbers.model.countDocuments({ system: { $nin: ['mobile-5g'] } })).toBe(0);
  });
});

describe('a query', () => {
  it.each([
    ['an unknown parameter', 'colour=red', 'colour'],
    ['an unknown state', 'state=lost', 'state'],
    ['a time without offset', 'freezeEndsBefore=2026-11-24T08:00:00', 'freezeEndsBefore'],
    ['a date that no calendar has', 'freezeEndsBefore=2026-02-30T08:00:00Z', 'freezeEndsBefore'],
    ['a limit of nothing', 'limit=0', 'limit'],
    ['a limit beyond the most', 'limit=201', 'limit'],
    ['a limit that is no number', 'limit=ten', 'limit'],
    ['a parameter twice', 'state=frozen&state=unknown', 'state'],
  ])('with %s → invalid_request that names the parameter', async (_, query, parameter) => {
    const answered = await api.call(`/v1/numbers?${query}`, { token });
    expectProblem(answered, 'invalid_request');
    expect(faultsOf(answered)).toMatchObject([{ parameter }]);
  });

  it.each([
    ['no base64', '%7B%7D'],
    ['another thing', Buffer.from('{"at":5}').toString('base64url')],
  ])('with a cursor that is %s → cursor_invalid', async (_, cursor) => {
    expectProblem(await api.call(`/v1/numbers?cursor=${cursor}`, { token }), 'cursor_invalid');
  });
});

describe('a path', () => {
  it.each([
    ['/v1/nothing'],
    ['/'],
    ['/v1/numbers/'],
    ['/V1/numbers'],
    ['/v1/numbers/%E0%A4%A'],
    ['/v1/users/..%2F..%2Fetc'],
  ])('%s → 404', async (path) => {
    const answered = await api.call(path, { token: await api.token({ scope: 'users:read numbers:read' }) });
    expect(answered.status).toBe(404);
    expect(answered.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    ['/v1/number-lookups', 'GET', 'POST'],
    ['/v1/numbers', 'POST', 'GET, HEAD'],
    ['/v1/audit', 'DELETE', 'GET, HEAD'],
    ['/v1/carriers/sichuan/mobile-5g/events', 'PUT', 'POST'],
    ['/health/live', 'POST', 'GET, HEAD'],
    ['/v1/numbers', 'OPTIONS', 'GET, HEAD'],
  ])('%s by %s → method_not_allowed, with those that are', async (path, method, allow) => {
    const answered = await api.call(path, { method });
    expectProblem(answered, 'method_not_allowed');
    expect(answered.headers.get('allow')).toBe(allow);
  });
});

describe('x-correlator', () => {
  it('of the caller → echoed, on problems too', async () => {
    const mine = { 'x-correlator': 'b4333c46-49c0-4f62-80d7-f0ef930f1c46:{a}<b>/c;d._' };
    expect((await api.call('/health/live', { headers: mine })).headers.get('x-correlator')).toBe(
      mine['x-correlator'],
    );
    expect((await api.call('/nowhere', { headers: mine })).headers.get('x-correlator')).toBe(
      mine['x-correlator'],
    );
  });

  it('of no caller → made, another each time', async () => {
    const made = await Promise.all(
      [1, 2].map(async () => (await api.call('/health/live')).headers.get('x-correlator')),
    );
    expect(new Set(made).size).toBe(2);
    expect(made[0]).toMatch(/^[\da-f-]{36}$/);
  });

  it.each([
    ['with a space', 'a b'],
    ['too long', 'a'.repeat(257)],
    ['with umlauts', 'gr\u00fc\u00dfe'],
  ])('%s → correlator_invalid, and a new one', async (_, sent) => {
    const answered = await api.call('/health/live', { headers: { 'x-correlator': sent } });
    expectProblem(answered, 'correlator_invalid');
    expect(answered.headers.get('x-correlator')).toMatch(/^[\da-f-]{36}$/);
  });

  it('of 256 characters → echoed', async () => {
    const sent = 'x'.repeat(256);
    expect(
      (await api.call('/health/live', { headers: { 'x-correlator': sent } })).headers.get('x-correlator'),
    ).toBe(sent);
  });
});

describe('what is no HTTP', () => {
  it('→ 400 and a closed connection', async () => {
    const { hostname, port } = new URL(api.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end('HELLO\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

it('all that was refused above → left no phone number in the log', () => {
  const log = api.lines.join('');
  expect(log).toContain('/v1/number-lookups');
  expect(log).not.toMatch(/1380013|1390013|1370013|0013 8000/);
});

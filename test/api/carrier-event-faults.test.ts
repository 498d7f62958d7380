import { openApi, type TestApi } from './api.ts';
import { cancellation } from './events.ts';
import { expectProblem, faultsOf } from './problems.ts';

let api: TestApi;

beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const phone = '+8613800138000';
const data = (changes: Record<string, unknown>) => ({ data: { phone, lineId: 'L-1', ...changes } });
const ahead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
const today = (offset: number): string =>
  new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);

type Row = [what: string, changes: Record<string, unknown>, pointer: string, code: string];

const rows: Row[] = [
  ['of an unknown type', { type: 'number.vanished' }, '/type', 'event_type_unknown'],
  ['without a type', { type: undefined }, '/type', 'event_type_unknown'],
  ['without a time', { time: undefined }, '/time', 'event_invalid'],
  ['at a time without offset', { time: '2026-11-20T08:00:00' }, '/time', 'instant_invalid'],
  ['at a time that no calendar has', { time: '2026-02-30T08:00:00Z' }, '/time', 'instant_invalid'],
  ['at a time that is a number', { time: 1_764_000_000 }, '/time', 'event_invalid'],
  ['more than 5 minutes ahead', { time: ahead(6) }, '/time', 'event_time_in_future'],
  ['of another version of CloudEvents', { specversion: '0.3' }, '/specversion', 'event_invalid'],
  ['without an id', { id: undefined }, '/id', 'event_invalid'],
  ['with an empty id', { id: '' }, '/id', 'event_invalid'],
  ['with a long id', { id: 'i'.repeat(129) }, '/id', 'event_invalid'],
  ['with a line break in its id', { id: 'a\nb' }, '/id', 'event_invalid'],
  ['with half a character in its id', { id: 'a\ud800' }, '/id', 'event_invalid'],
  ['with the phone in its id', { id: 'evt-13800138000-1' }, '/id', 'phone_in_key'],
  ['with the phone in its id, parted', { id: 'evt-138-0013-8000' }, '/id', 'phone_in_key'],
  ['without a source', { source: undefined }, '/source', 'event_invalid'],
  ['with a long source', { source: `/${'s'.repeat(256)}` }, '/source', 'event_invalid'],
  ['with a source that is no URI', { source: 'the system' }, '/source', 'event_invalid'],
  ['with the phone in its source', { source: `/lines/${phone}` }, '/source', 'phone_in_key'],
  ['with a negative sequence', { sequence: '-1' }, '/sequence', 'event_invalid'],
  ['with a sequence that is a word', { sequence: 'first' }, '/sequence', 'event_invalid'],
  ['with a sequence beyond counting', { sequence: '9'.repeat(16) }, '/sequence', 'event_invalid'],
  ['with a sequence of parts', { sequence: 1.5 }, '/sequence', 'event_invalid'],
  ['with an attribute that we do not know', { priority: 'high' }, '/priority', 'event_invalid'],
  ['with its data in base64', { data_base64: 'e30=' }, '/data_base64', 'event_invalid'],
  ['with data of another type', { datacontenttype: 'text/xml' }, '/datacontenttype', 'event_invalid'],
  ['with a long subject', { subject: 's'.repeat(257) }, '/subject', 'event_invalid'],
  ['without data', { data: undefined }, '/data', 'event_invalid'],
  ['with data that is text', { data: 'phone' }, '/data', 'event_invalid'],
  ['without a phone', data({ phone: undefined }), '/data/phone', 'event_invalid'],
  ['with a phone that is not E.164', data({ phone: '13800138000' }), '/data/phone', 'phone_invalid'],
  [
    'about a number that nobody serves',
    data({ phone: '+8613700137000' }),
    '/data/phone',
    'number_not_served',
  ],
  [
    'about a number of another province',
    data({ phone: '+8613900139000' }),
    '/data/phone',
    'number_of_another_province',
  ],
  ['without a line', data({ lineId: undefined }), '/data/lineId', 'event_invalid'],
  ['with a line that is a number', data({ lineId: 7 }), '/data/lineId', 'event_invalid'],
  ['with data that we do not know', data({ colour: 'red' }), '/data/colour', 'event_invalid'],
  [
    'joined on a day that no calendar has',
    data({ joinedAt: '2025-02-29' }),
    '/data/joinedAt',
    'joined_invalid',
  ],
  [
    'joined at a time without offset',
    data({ joinedAt: '2025-02-20T08:00' }),
    '/data/joinedAt',
    'joined_invalid',
  ],
  ['joined tomorrow', data({ joinedAt: today(1) }), '/data/joinedAt', 'joined_in_future'],
  ['joined in an hour', data({ joinedAt: ahead(60) }), '/data/joinedAt', 'joined_in_future'],
  ['with half an identity', data({ identity: { name: '张三' } }), '/data/identity/idNumber', 'event_invalid'],
  [
    'with an identity whose name is a list',
    data({ identity: { name: ['张三'], idNumber: 'x' } }),
    '/data/identity/name',
    'event_invalid',
  ],
  [
    'with more than an identity',
    data({ identity: { name: '张三', idNumber: 'x', age: 30 } }),
    '/data/identity/age',
    'event_invalid',
  ],
  ['that retracts nothing', { type: 'event.retracted', data: { phone } }, '/data/eventId', 'event_invalid'],
  [
    'that retracts an id with the phone in it',
    { type: 'event.retracted', data: { phone, eventId: '13800138000' } },
    '/data/eventId',
    'phone_in_key',
  ],
  ['that is a heartbeat about a number', { type: 'feed.heartbeat' }, '/data/phone', 'event_invalid'],
];

describe('an event', () => {
  it.each(rows)('%s → events_invalid that points at it', async (_, changes, pointer, code) => {
    const answered = await api.report({ body: cancellation({ ...changes }) });
    expectProblem(answered, 'events_invalid');
    const faults = faultsOf(answered);
    expect(faults.map((fault) => fault.pointer)).toContain(pointer);
    expect(faults.find((fault) => fault.pointer === pointer)?.message).toMatch(new RegExp(`^${code}: `));
    expect(answered.text).not.toMatch(/13800138000|138-0013|13900139000|13700137000|张三/);
  });

  it.each([
    ['a text', '"event"'],
    ['a number', '1'],
    ['null', 'null'],
  ])('that is %s → events_invalid', async (_, body) => {
    const answered = await api.report({ body });
    expectProblem(answered, 'events_invalid');
    expect(faultsOf(answered)).toMatchObject([{ pointer: '' }]);
  });

  it('whose body is no JSON → malformed_json', async () => {
    expectProblem(await api.report({ body: '{"specversion":' }), 'malformed_json');
  });

  it('4 minutes ahead, or joined today → taken', async () => {
    // There is no workflow server in this file: 503 is what comes after all checks.
    expect((await api.report({ body: cancellation({ time: ahead(4) }) })).status).toBe(503);
    expect((await api.report({ body: cancellation(data({ joinedAt: today(0) })) })).status).toBe(503);
  });
});

describe('a batch', () => {
  it('with bad events among good ones → each bad one by its place and id, and none taken', async () => {
    const body = [
      cancellation({ id: 'good-1' }),
      cancellation({ id: 'bad-1', time: undefined }),
      cancellation({ id: 'good-2' }),
      cancellation({ id: 'bad-2', ...data({ phone: '+8613900139000' }) }),
    ];
    const answered = await api.report({ body });
    expectProblem(answered, 'events_invalid');
    expect(faultsOf(answered)).toEqual([
      { pointer: '/1/time', id: 'bad-1', message: 'event_invalid: Required' },
      {
        pointer: '/3/data/phone',
        id: 'bad-2',
        message: expect.stringMatching(/^number_of_another_province: /),
      },
    ]);
  });

  it('whose bad event has an id that holds a phone number → its place only', async () => {
    const own = await api.report({ body: [cancellation({ id: 'e-13800138000' })] });
    expect(faultsOf(own)).toEqual([{ pointer: '/0/id', message: expect.any(String) }]);
    const other = await api.report({ body: [cancellation({ id: 'e-13912345678', time: undefined })] });
    expect(faultsOf(other)).toEqual([{ pointer: '/0/time', message: expect.any(String) }]);
  });

  it('whose bad event has a UUID as id → that id', async () => {
    const id = '550e8400-e29b-41d4-a716-446655440000';
    expect(faultsOf(await api.report({ body: [cancellation({ id, time: undefined })] }))).toMatchObject([
      { id },
    ]);
  });

  it('of 1,001 events → batch_too_large', async () => {
    const event = cancellation();
    expectProblem(await api.report({ body: Array(1_001).fill(event) }), 'batch_too_large');
  });

  it('of more than 1.5 MB → body_too_large', async () => {
    expectProblem(await api.report({ body: [' '.repeat(1_500_000)] }), 'body_too_large');
  });

  it('within a batch → events_invalid', async () => {
    expectProblem(await api.report({ body: [[cancellation()]] }), 'events_invalid');
  });
});

it('all that was refused above → counted, without a trace in the store, and no number in the log', async () => {
  const { values } = await api.metrics.carrierEvents.get();
  expect(values).toMatchObject([{ labels: { outcome: 'refused', province: 'sichuan' } }]);
  expect(await api.store.numbers.model.countDocuments()).toBe(0);
  expect(api.lines.join('')).not.toMatch(/13800138000|13900139000|13700137000/);
});

import fc from 'fast-check';
import type { Capabilities } from '../../carriers/gateway.ts';
import { clientOf, context, lineReply, PERSON, PHONE } from './dialect-client.ts';
import { failureOf } from './failure.ts';
import { type ProvinceServer, startProvince } from './province-server.ts';

let province: ProvinceServer;
beforeEach(async () => {
  province = await startProvince();
});
afterEach(() => province.close());

const ask = (joinDate?: Capabilities['joinDate']) =>
  clientOf(province, joinDate && { joinDate }).queryLine({ phone: PHONE }, context());

describe('json-http replies that are no answer', () => {
  it('404 line_not_found → not-found', async () => {
    province.replies({ status: 404, body: { code: 'line_not_found', detail: '' } });
    expect(await ask()).toEqual({ kind: 'not-found' });
  });

  it('501 capability_missing → no-capability', async () => {
    province.replies({ status: 501, body: { code: 'capability_missing', detail: '' } });
    expect(await ask()).toEqual({ kind: 'no-capability' });
  });

  it('400 bad_request → cannot-say', async () => {
    province.replies({ status: 400, body: { code: 'bad_request', detail: '' } });
    expect(await ask()).toEqual({ kind: 'cannot-say', reason: 'request-refused' });
  });

  it("somebody else's 404 → cannot-say, since it says nothing about the line", async () => {
    province.replies({ status: 404, body: '<h1>Not Found</h1>' });
    expect(await ask()).toEqual({ kind: 'cannot-say', reason: 'answer-malformed' });
  });

  it("somebody else's 501 → unavailable, since it says nothing about capabilities", async () => {
    province.replies({ status: 501, body: 'Not Implemented' });
    expect(await failureOf(ask())).toMatchObject({ reason: 'server-error' });
  });

  it('a redirect → cannot-say, and nothing is sent after it', async () => {
    province.replies({ status: 307, headers: { location: `${province.url}/elsewhere` } });
    expect(await ask()).toEqual({ kind: 'cannot-say', reason: 'answer-malformed' });
    expect(province.questions.map(({ path }) => path)).toEqual(['/mobile-5g/lines/query']);
  });

  it.each<[string, unknown]>([
    ['no JSON', `{"lineId": "${PHONE}`],
    ['an empty body', ''],
    ['a list', []],
    ['null', 'null'],
    ['a missing field', { lineId: 'L1', status: 'in-use', tenancy: null }],
    ['an unknown status', lineReply({ status: 'lost' }).body],
    ['a boolean as text', lineReply({ portedIn: 'no' }).body],
    ['an empty line id', lineReply({ lineId: '' }).body],
    ['a time without an offset', lineReply({ tenancy: { joinedAt: '2024-05-01T09:30:00' } }).body],
    ['a day that no calendar has', lineReply({ tenancy: { joinedOn: '2023-02-29' } }).body],
    ['a time as a number', lineReply({ tenancy: { joinedAt: 1714527000 } }).body],
    ['half a band', lineReply({ tenancy: { joinedFrom: '2024-03-01' } }).body],
    [
      'two forms of join date',
      lineReply({ tenancy: { joinedAt: '2024-05-01T09:30:00Z', joinedOn: '2024-05-01' } }).body,
    ],
    ['no form of join date', lineReply({ tenancy: {} }).body],
  ])('%s → cannot-say, as malformed', async (_, body) => {
    province.replies({ status: 200, body });
    expect(await ask()).toEqual({ kind: 'cannot-say', reason: 'answer-malformed' });
  });

  it.each<[string, Capabilities['joinDate'], object]>([
    ['a line in use without a join date', 'second', { tenancy: null }],
    ['a frozen line with one', 'second', { status: 'frozen' }],
    ['a line of nobody with one', 'second', { status: 'not-in-use' }],
    ['another precision than declared', 'day', {}],
    ['a join date where none is told', 'absent', {}],
    ['an instant to come', 'second', { tenancy: { joinedAt: '2999-01-01T00:00:00Z' } }],
    ['a day to come', 'day', { tenancy: { joinedOn: '2999-01-01' } }],
    ['a band to come', 'months', { tenancy: { joinedFrom: '2999-01-01', joinedTo: '2999-01-31' } }],
    [
      'a band that ends before it begins',
      'months',
      { tenancy: { joinedFrom: '2024-02-01', joinedTo: '2024-01-31' } },
    ],
  ])('%s → cannot-say, as contradictory', async (_, joinDate, change) => {
    province.replies(lineReply(change));
    expect(await ask(joinDate)).toEqual({ kind: 'cannot-say', reason: 'answer-contradictory' });
  });

  it('any JSON for a recycled-since or a match → an answer only from the very shape', async () => {
    const client = clientOf(province);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (body) => {
        province.replies({ status: 200, body: JSON.stringify(body) });
        const malformed = { kind: 'cannot-say', reason: 'answer-malformed' };
        expect(await client.recycledSince({ phone: PHONE, since: '2025-01-01' }, context())).toEqual(
          malformed,
        );
        expect(await client.match({ phone: PHONE, ...PERSON }, context())).toEqual(malformed);
      }),
      { numRuns: 50 },
    );
  });

  it.each([[{ recycled: 'true' }], [{ recycled: 1 }], [{ recycled: null }]])(
    'recycled as %j → cannot-say',
    async (body) => {
      province.replies({ status: 200, body });
      const answer = await clientOf(province).recycledSince({ phone: PHONE, since: '2025-01-01' }, context());
      expect(answer).toEqual({ kind: 'cannot-say', reason: 'answer-malformed' });
    },
  );
});

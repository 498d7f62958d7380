import type { Capabilities } from '../../carriers/gateway.ts';
import { clientOf, context, lineReply, PERSON, PHONE } from './dialect-client.ts';
import { type ProvinceServer, startProvince } from './province-server.ts';

let province: ProvinceServer;
beforeEach(async () => {
  province = await startProvince();
});
afterEach(() => province.close());

const ask = (joinDate?: Capabilities['joinDate']) =>
  clientOf(province, joinDate && { joinDate }).queryLine({ phone: PHONE }, context());

describe('json-http questions', () => {
  it('a line → asked by POST, with the phone in the body alone, a bearer token and the correlator', async () => {
    province.replies(lineReply());
    await clientOf(province).queryLine({ phone: PHONE }, context({ correlator: 'abc-1' }));
    expect(province.questions).toMatchObject([
      {
        path: '/mobile-5g/lines/query',
        body: { phone: PHONE },
        headers: {
          authorization: 'Bearer token-1',
          'x-correlator': 'abc-1',
          'content-type': 'application/json',
        },
      },
    ]);
  });

  it('no correlator → none is sent', async () => {
    province.replies(lineReply());
    await ask();
    expect(province.questions[0]?.headers).not.toHaveProperty('x-correlator');
  });

  it('joined to the second → that instant', async () => {
    province.replies(lineReply());
    expect(await ask('second')).toEqual({
      kind: 'answer',
      value: {
        lineId: 'L1',
        status: 'in-use',
        portedIn: false,
        joined: { precision: 'second', at: Date.parse('2024-05-01T01:30:00Z') },
      },
    });
  });

  it('joined on a day → that day', async () => {
    province.replies(lineReply({ portedIn: true, tenancy: { joinedOn: '2024-05-01' } }));
    expect(await ask('day')).toMatchObject({
      value: { portedIn: true, joined: { precision: 'day', day: '2024-05-01' } },
    });
  });

  it('joined in a band of months → the band', async () => {
    province.replies(lineReply({ tenancy: { joinedFrom: '2024-03-01', joinedTo: '2024-05-31' } }));
    expect(await ask('months')).toMatchObject({
      value: { joined: { precision: 'months', from: '2024-03-01', to: '2024-05-31' } },
    });
  });

  it('a frozen line, or a system without join dates → no join date', async () => {
    province.replies(lineReply({ status: 'frozen', tenancy: null }));
    expect(await ask('second')).toMatchObject({ value: { status: 'frozen', joined: null } });
    province.replies(lineReply({ tenancy: null }));
    expect(await ask('absent')).toMatchObject({ value: { status: 'in-use', joined: null } });
  });

  it('more in the reply than the protocol has → left out', async () => {
    province.replies(lineReply({ customer: { name: PERSON.name } }));
    expect(JSON.stringify(await ask())).not.toContain(PERSON.name);
  });

  it('recycled since a day → the day is asked, and the answer taken', async () => {
    province.replies({ status: 200, body: { recycled: true } }, { status: 200, body: { recycled: false } });
    const client = clientOf(province);
    const query = { phone: PHONE, since: '2025-03-04' };
    expect(await client.recycledSince(query, context())).toEqual({ kind: 'answer', value: true });
    expect(await client.recycledSince(query, context())).toEqual({ kind: 'answer', value: false });
    expect(province.questions[0]).toMatchObject({
      path: '/mobile-5g/lines/recycled-since',
      body: { phone: PHONE, date: '2025-03-04' },
    });
  });

  it.each([
    [true, 'match'],
    [false, 'no-match'],
    [null, 'no-customer'],
  ])('match %p → %s', async (match, value) => {
    province.replies({ status: 200, body: { match } });
    const answer = await clientOf(province).match({ phone: PHONE, ...PERSON }, context());
    expect(answer).toEqual({ kind: 'answer', value });
    expect(province.questions[0]).toMatchObject({
      path: '/mobile-5g/lines/match',
      body: { phone: PHONE, ...PERSON },
    });
  });
});

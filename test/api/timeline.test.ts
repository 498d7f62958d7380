import { asClaimId, asUserId } from '../../domain/ids.ts';
import { openApi, type TestApi } from './api.ts';
import { day, event, writeHistory } from './histories.ts';

let api: TestApi;

beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('the timeline of a number', () => {
  it('→ events, verdicts, decisions and effects in one order, in plain words of both languages', async () => {
    const start = Date.parse('2026-08-01T00:00:00Z');
    const numberKey = await writeHistory(api.store, '+8613800138001', [
      // In the order of their arrival: the second was late.
      event('number.reissued', start + 2 * day, {
        id: 'late',
        joined: { precision: 'day', day: '2026-08-03' },
      }),
      event('number.cancelled', start + day, { id: 'wrong', key: 's:wrong' }),
      event('event.retracted', start + 3 * day, { id: 'sorry', retracts: 'wrong', lineId: null }),
    ]);
    const about = { numberKey, claimId: asClaimId('c-1'), userId: asUserId('u-1') };
    await api.store.evidence.add({
      ...about,
      evidenceId: 'c-1:suspended',
      kind: 'effect',
      code: 'claim.suspended',
      at: start + day,
      actor: 'linekeeper',
      details: { eventKey: 's:wrong' },
    });
    await api.store.evidence.add({
      ...about,
      evidenceId: 'c-1:same-person',
      claimId: null,
      userId: null,
      kind: 'verdict',
      code: 'same-person.undecided',
      at: start + 2 * day + 1,
      actor: 'carrier:sichuan/mobile-5g',
      details: { question: 'match', attempts: 2 },
    });
    await api.store.evidence.add({
      ...about,
      evidenceId: 'of-tomorrow',
      kind: 'decision',
      code: 'something.new',
      at: start + 4 * day,
      actor: 'desk-7',
      details: {},
    });

    const token = await api.token({ scope: 'numbers:read' });
    const { status, body } = await api.call(`/v1/numbers/${numberKey}/timeline`, { token });
    expect(status).toBe(200);
    const carrier = 'carrier:sichuan/mobile-5g';
    expect(body).toEqual({
      items: [
        {
          at: '2026-08-02T00:00:00Z',
          kind: 'event',
          code: 'number.cancelled',
          text: { zh: '号码已销户', en: 'The number was cancelled' },
          actor: carrier,
          details: { eventId: 'wrong', receivedAt: '2026-08-02T00:00:01Z', lineId: 'L-1', retracted: true },
        },
        {
          at: '2026-08-02T00:00:00Z',
          kind: 'effect',
          code: 'claim.suspended',
          text: { zh: '登录手机已暂停使用', en: 'The login phone was suspended' },
          actor: 'linekeeper',
          details: { claimId: 'c-1', userId: 'u-1', eventKey: 's:wrong' },
        },
        {
          at: '2026-08-03T00:00:00Z',
          kind: 'event',
          code: 'number.reissued',
          text: expect.any(Object),
          actor: carrier,
          details: {
            eventId: 'late',
            receivedAt: '2026-08-03T00:00:01Z',
            lineId: 'L-1',
            joinedAt: '2026-08-03',
          },
        },
        {
          at: '2026-08-03T00:00:00.001Z',
          kind: 'verdict',
          code: 'same-person.undecided',
          text: expect.any(Object),
          actor: carrier,
          details: { question: 'match', attempts: 2 },
        },
        {
          at: '2026-08-04T00:00:00Z',
          kind: 'event',
          code: 'event.retracted',
          text: expect.any(Object),
          actor: carrier,
          details: { eventId: 'sorry', receivedAt: '2026-08-04T00:00:01Z', lineId: null, retracts: 'wrong' },
        },
        {
          at: '2026-08-05T00:00:00Z',
          kind: 'decision',
          code: 'something.new',
          text: { zh: '其他记录', en: 'Another record' },
          actor: 'desk-7',
          details: { claimId: 'c-1', userId: 'u-1' },
        },
      ],
    });
  });

  it('of a number that nothing happened to → empty', async () => {
    const numberKey = await writeHistory(api.store, '+8613800138002', []);
    const token = await api.token({ scope: 'numbers:read' });
    expect((await api.call(`/v1/numbers/${numberKey}/timeline`, { token })).body).toEqual({ items: [] });
  });
});

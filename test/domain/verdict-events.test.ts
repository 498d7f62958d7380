import { eventsSay } from '../../domain/verdict-events.ts';

const now = Date.UTC(2026, 10, 24);
const question = {
  fate: { kind: 'held', anchoredAt: Date.UTC(2026, 0, 1) } as const,
  claim: { anchoredAt: Date.UTC(2026, 0, 1) },
  province: { trackedSince: '2020-01-01', timeZone: 'Asia/Shanghai' },
  feedsVouch: true,
  now,
};

describe('eventsSay', () => {
  it('held, tracked, and feeds that vouch → continues', () => {
    expect(eventsSay(question)).toEqual({ kind: 'continues', at: now });
  });

  it("held, but the feeds don't vouch → nothing", () => {
    expect(eventsSay({ ...question, feedsVouch: false })).toEqual({ kind: 'nothing' });
  });

  it('held, but claimed before the province was tracked → nothing', () => {
    const province = { ...question.province, trackedSince: '2026-02-01' };
    expect(eventsSay({ ...question, province })).toEqual({ kind: 'nothing' });
  });

  it('frozen or recycled → so, whatever the feeds are worth', () => {
    const frozen = { kind: 'frozen', since: 1, eventKey: 'e' } as const;
    const recycled = { kind: 'recycled', at: 2, by: 'reissued', eventKey: 'f' } as const;
    expect(eventsSay({ ...question, fate: frozen, feedsVouch: false })).toEqual({
      kind: 'ended-frozen',
      at: 1,
      eventKey: 'e',
    });
    expect(eventsSay({ ...question, fate: recycled, feedsVouch: false })).toEqual({
      kind: 'ended-recycled',
      at: 2,
      eventKey: 'f',
    });
  });
});

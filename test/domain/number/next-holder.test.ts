import type { ReleaseCause } from '../../../domain/claim.ts';
import { nextHolderSince } from '../../../domain/number/next-holder.ts';
import { event } from '../../api/histories.ts';

const minutes = 60_000;
const releasedAt = Date.parse('2026-11-24T08:00:00Z');
const reissuedAt = releasedAt - 3 * 86_400_000;
const since = (cause: ReleaseCause, events = [event('number.reissued', reissuedAt, { key: 's:r' })]) =>
  nextHolderSince({ cause, releasedAt }, events);

describe('nextHolderSince', () => {
  it.each(['reissued', 'transferred'] as const)('%s → the time of the event', (kind) => {
    expect(since({ kind, eventKey: 's:r' })).toBe(reissuedAt);
  });

  it('reissued, with a join date to the second before the event → the join date', () => {
    const joined = { precision: 'second', at: reissuedAt - 5 * minutes } as const;
    const events = [event('number.reissued', reissuedAt, { key: 's:r', joined })];
    expect(since({ kind: 'reissued', eventKey: 's:r' }, events)).toBe(joined.at);
  });

  it('reissued, by an event that is gone → nobody', () => {
    expect(since({ kind: 'reissued', eventKey: 's:r' }, [])).toBeNull();
  });

  it('recycled by a carrier’s answer → since the last answer that a gate can have trusted', () => {
    expect(since({ kind: 'recycled', eventKey: null })).toBe(releasedAt - 15 * minutes);
  });

  it.each(['cancelled', 'freeze-ended', 'left'] as const)('%s → nobody', (kind) => {
    expect(since({ kind, eventKey: null })).toBeNull();
  });
});

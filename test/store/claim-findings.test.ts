import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asNumberKey } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { claim as claimed, day } from '../domain/number/events.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

let count = 0;
/** A number with one claim on it, in its state since day 10. */
async function held(more: Partial<Claim> = {}) {
  count += 1;
  const numberKey = asNumberKey(`n1_findings_${count}`);
  const claim = claimed(more);
  await store.claims.claim(numberKey, claim);
  const now = async () => (await store.claims.find(numberKey))?.claim;
  return { numberKey, claimId: claim.claimId, now };
}

const since = day(10);
const source = 'sichuan/mobile-5g';
const joined = { precision: 'second', at: day(5) } as const;
const line = {
  ...{ source, at: day(20) },
  reply: { kind: 'answer', value: { status: 'in-use', portedIn: false, joined } },
} as const;
const answers = { line, recycledSince: [], match: null };
const found = { at: day(20), verdictId: 'verdict-1' };
const to = { anchoredAt: day(19), tenancy: { joined, source } };

describe('claims.keepAnswers', () => {
  it('on the claim that was judged → kept, and the version rises', async () => {
    const { numberKey, claimId, now } = await held();
    await store.claims.keepAnswers({ numberKey, claimId, anchoredAt: day(10), answers });
    expect((await now())?.answers).toEqual(answers);
    expect((await store.claims.find(numberKey))?.version).toBe(2);
  });

  it('the claim has moved on, or is another one → nothing', async () => {
    const { numberKey, claimId, now } = await held();
    await store.claims.keepAnswers({ numberKey, claimId, anchoredAt: day(9), answers });
    const other = asClaimId('another');
    await store.claims.keepAnswers({ numberKey, claimId: other, anchoredAt: day(10), answers });
    expect(await now()).not.toHaveProperty('answers');
  });

  it('50 writers with a suspension among them → both are there', async () => {
    const { numberKey, claimId, now } = await held();
    const keep = () => store.claims.keepAnswers({ numberKey, claimId, anchoredAt: day(10), answers });
    await Promise.all([
      ...Array.from({ length: 25 }, keep),
      store.claims.suspend({ numberKey, claimId, at: day(21), since }),
      ...Array.from({ length: 24 }, keep),
    ]);
    expect(await now()).toMatchObject({ state: 'suspended', answers });
  });
});

describe('claims.noteRecycled', () => {
  it('twice → what was found first stays', async () => {
    const { numberKey, claimId, now } = await held();
    const note = (verdictId: string) =>
      store.claims.noteRecycled({ numberKey, claimId, since, found: { ...found, verdictId } });
    expect(await note('verdict-1')).toMatchObject({ foundRecycled: found });
    expect(await note('verdict-2')).toMatchObject({ foundRecycled: found });
    expect(await now()).toMatchObject({ foundRecycled: found, state: 'active' });
  });

  it('in another state than was judged, or gone → nothing, and it says so', async () => {
    const { numberKey, claimId, now } = await held();
    expect(await store.claims.noteRecycled({ numberKey, claimId, since: day(9), found })).toBeNull();
    const other = asClaimId('another');
    expect(await store.claims.noteRecycled({ numberKey, claimId: other, since, found })).toBeNull();
    expect(await now()).not.toHaveProperty('foundRecycled');
  });

  it('restored afterwards → it counts no longer, nor do answers of another tenancy', async () => {
    const { numberKey, claimId, now } = await held({ state: 'suspended', foundRecycled: found, answers });
    const step = { numberKey, claimId, at: day(22), since };
    await store.claims.restore({ ...step, anchoredAt: day(21) });
    expect(await now()).toMatchObject({ state: 'active', answers: null });
    expect(await now()).not.toHaveProperty('foundRecycled');
  });
});

describe('claims.moveTo', () => {
  it('the claim that was judged → moves, and what was found before counts no longer', async () => {
    const { numberKey, claimId, now } = await held({ foundRecycled: found });
    const moved = await store.claims.moveTo({ numberKey, claimId, since, from: day(10), to });
    expect(moved).toMatchObject({ ...to, confirmedAt: to.anchoredAt, claimedAt: day(10) });
    expect(await now()).toEqual(moved);
    expect(moved).not.toHaveProperty('foundRecycled');
  });

  it('twice → there, both times', async () => {
    const { numberKey, claimId } = await held();
    const move = { numberKey, claimId, since, from: day(10), to };
    const first = await store.claims.moveTo(move);
    expect(await store.claims.moveTo(move)).toEqual(first);
  });

  it.each<[string, Partial<Claim>]>([
    ['suspended', { state: 'suspended' }],
    ['in its state since another time', { stateSince: day(11) }],
    ['moved elsewhere', { anchoredAt: day(12) }],
  ])('%s meanwhile → stays, and it says so', async (_, more) => {
    const { numberKey, claimId, now } = await held(more);
    const before = await now();
    expect(await store.claims.moveTo({ numberKey, claimId, since, from: day(10), to })).toBeNull();
    expect(await now()).toEqual(before);
  });
});

describe('claims.rememberTenancy', () => {
  it('nothing remembered → remembered; later ones change nothing', async () => {
    const { numberKey, claimId, now } = await held();
    await store.claims.rememberTenancy({ numberKey, claimId, tenancy: { joined, source } });
    const later = { joined: { precision: 'day', day: '2026-06-15' }, source } as const;
    await store.claims.rememberTenancy({ numberKey, claimId, tenancy: later });
    expect((await now())?.tenancy).toEqual({ joined, source });
  });

  it('moved to a later tenancy before it was described → the description of the first is dropped', async () => {
    const { numberKey, claimId, now } = await held({ anchoredAt: day(12), confirmedAt: day(12) });
    await store.claims.rememberTenancy({ numberKey, claimId, tenancy: { joined, source } });
    expect((await now())?.tenancy).toBeNull();
  });
});

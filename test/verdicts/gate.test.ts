import type { CarrierSays } from '../carriers/scripted.ts';
import { claimedAt, eventAt, type House, hour, joinedAt, minute, noon, openHouse } from './house.ts';

const day = 24 * hour;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(() => house.reset());
afterAll(() => house?.close());

/** The carrier shows the number in the hands of whoever joined two months after the claim. */
const recycled: CarrierSays = { line: { joined: joinedAt(claimedAt + 60 * day) } };
/** … and of whoever joined long before it. */
const current: CarrierSays = { line: { joined: joinedAt(claimedAt - 60 * day) } };

const refusal = (code: string) => ({
  kind: 'refuse',
  code,
  alternatives: [
    'login-by-nickname',
    'login-by-email',
    'reset-by-email',
    'registration',
    'recovery',
    'support',
  ],
});

describe('the code gate: what carriers answer (I2)', () => {
  it.each<[string, CarrierSays, string]>([
    ['joined before the claim', current, 'joined-earlier'],
    [
      'suspended (停机), joined before',
      { line: { status: 'suspended', joined: joinedAt(claimedAt - 60 * day) } },
      'joined-earlier',
    ],
  ])('%s → in, with the epoch', async (_, says, rule) => {
    const { numberKey, userId } = await house.hold();
    house.says(says);
    const passage = await house.pass(numberKey);
    expect(passage).toMatchObject({ kind: 'allow', user: { userId, epoch: 0 }, claim: { userId } });
    expect(await house.evidenceOf(numberKey)).toMatchObject([
      { kind: 'verdict', code: 'verdict.current', details: { rule, lookups: 1 } },
      { kind: 'decision', code: 'login.allowed' },
    ]);
  });

  it.each<[string, CarrierSays, string, string, string[]]>([
    ['joined after the claim', recycled, 'number_recycled', 'joined-later', ['queryLine']],
    [
      'cancelled, nobody told',
      { line: { status: 'frozen', joined: null } },
      'number_frozen',
      'carrier-frozen',
      ['queryLine'],
    ],
    [
      'free to be given out',
      { line: { status: 'not-in-use', joined: null } },
      'number_frozen',
      'carrier-frozen',
      ['queryLine'],
    ],
    [
      'joined on the day of the claim, known to the day',
      { line: { joined: { precision: 'day', day: '2026-06-15' } } },
      'number_undecided',
      'joined-overlap',
      ['queryLine'],
    ],
    [
      'joined in the months of the claim',
      { line: { joined: { precision: 'months', from: '2026-04-01', to: '2026-06-30' } } },
      'number_undecided',
      'joined-overlap',
      ['queryLine'],
    ],
    [
      'ported in, and nobody told',
      { line: { portedIn: true, joined: joinedAt(claimedAt + day) } },
      'number_undecided',
      'ported-unreported',
      ['queryLine'],
    ],
    ['not in its books', { line: 'not-found' }, 'number_undecided', 'not-found', ['queryLine']],
    ['nonsense', { line: 'answer-malformed' }, 'number_undecided', 'cannot-say', ['queryLine']],
    ['a contradiction', { line: 'answer-contradictory' }, 'number_undecided', 'cannot-say', ['queryLine']],
    ['down', { line: 'connection-failed' }, 'number_undecided', 'unavailable', ['queryLine']],
    ['an error', { line: 'server-error' }, 'number_undecided', 'unavailable', ['queryLine']],
    ['its breaker open', { line: 'breaker-open' }, 'number_undecided', 'unavailable', ['queryLine']],
  ])('%s → refused, nothing changed but by the recycled one', async (_, says, code, rule, asked) => {
    const { numberKey, userId } = await house.hold();
    const before = await house.claimOf(numberKey);
    house.says(says);
    expect(await house.pass(numberKey)).toEqual(refusal(code));
    expect(house.lookups()).toEqual(asked);
    const evidence = await house.evidenceOf(numberKey);
    const [verdict] = evidence;
    expect(evidence).toMatchObject([
      { kind: 'verdict', details: { rule } },
      {
        kind: 'decision',
        code: 'login.refused',
        userId,
        details: { reason: code, verdictId: verdict?.evidenceId },
      },
    ]);
    const { answers: __, foundRecycled, ...claim } = await house.claimOf(numberKey);
    expect(claim).toEqual(before);
    expect(foundRecycled !== undefined).toBe(code === 'number_recycled');
    expect(house.woken).toEqual(code === 'number_recycled' ? [numberKey] : []);
  });

  it('a carrier that never answers → undecided within the time, and asking again may help', async () => {
    const { numberKey } = await house.hold();
    house.says({ all: 'silent' });
    const judged = await house.verdicts.judgeClaim({
      number: await house.numberOf(numberKey),
      claim: await house.claimOf(numberKey),
      ...{ reuse: false, withinMs: 10, lookupFor: 'login' },
    });
    expect(judged).toMatchObject({
      ...{ verdict: { verdict: 'undecided', rule: 'unavailable' }, unavailable: true, lookups: 1 },
      reasons: { 'line reason': 'out-of-time' },
    });
  });

  it.each(['not-found', 'answer-malformed', 'request-refused'] as const)(
    '%s → undecided, and asking again at once does not help',
    async (line) => {
      const { numberKey } = await house.hold();
      house.says({ line });
      const judged = await house.verdicts.judgeClaim({
        number: await house.numberOf(numberKey),
        claim: await house.claimOf(numberKey),
        ...{ reuse: false, withinMs: 1_000, lookupFor: 'login' },
      });
      expect(judged).toMatchObject({ verdict: { verdict: 'undecided' }, unavailable: false });
    },
  );
});

describe('the code gate: the tenancy remembered from claim time', () => {
  const sameDay = { precision: 'day', day: '2026-06-15' } as const;

  it('who registered on the day of joining, and is described as then → in', async () => {
    const { numberKey } = await house.hold({
      claim: { tenancy: { joined: sameDay, source: 'sichuan/mobile-5g' } },
    });
    house.says({ line: { joined: sameDay } });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(await house.evidenceOf(numberKey)).toMatchObject([
      {
        details: { rule: 'same-join-date', rememberedJoined: '2026-06-15', joined: '2026-06-15', lookups: 1 },
      },
      {},
    ]);
  });

  it('remembered, and asked for the first time since → the carrier is asked: memory alone lets nobody in', async () => {
    const { numberKey } = await house.hold({
      claim: { tenancy: { joined: sameDay, source: 'sichuan/mobile-5g' } },
    });
    await house.feedsArrive({ sequence: 1 });
    house.says({ all: 'time-out' });
    expect(await house.pass(numberKey)).toEqual(refusal('number_undecided'));
    expect(house.lookups()).toEqual(['queryLine']);
  });
});

describe('the code gate: what events say', () => {
  it.each(['active', 'suspended'] as const)(
    'cancelled, the claim %s → frozen, and no carrier is asked',
    async (state) => {
      const { numberKey } = await house.hold({ claim: { state } });
      await house.reported(numberKey, eventAt('number.cancelled', noon - day));
      house.says(current);
      expect(await house.pass(numberKey)).toEqual(refusal('number_frozen'));
      expect(house.lookups()).toEqual([]);
      expect(await house.evidenceOf(numberKey)).toMatchObject([
        {
          actor: 'linekeeper',
          code: 'verdict.frozen',
          details: { rule: 'events-frozen', lookups: 0, asOf: null },
        },
        { code: 'login.refused' },
      ]);
    },
  );

  it.each(['number.reissued', 'number.transferred'] as const)(
    '%s, the claim suspended until it is released → recycled, and no carrier is asked; its life knows it already',
    async (type) => {
      const { numberKey } = await house.hold({ verified: true, claim: { state: 'suspended' } });
      await house.reported(numberKey, eventAt(type, noon - day));
      house.says({ ...current, match: 'match' });
      expect(await house.pass(numberKey)).toEqual(refusal('number_recycled'));
      expect(house.lookups()).toEqual([]);
      expect(house.woken).toEqual([]);
      expect((await house.claimOf(numberKey)).foundRecycled).toBeUndefined();
    },
  );

  it('suspended, though the number was taken back just now → not let in before it is restored', async () => {
    const { numberKey } = await house.hold({ claim: { state: 'suspended' } });
    await house.reported(
      numberKey,
      eventAt('number.cancelled', noon - day),
      eventAt('number.reclaimed', noon - minute),
    );
    house.says(current);
    expect(await house.pass(numberKey)).toEqual(refusal('number_undecided'));
  });

  it('a port that was reported, and a join date of that day → in: a port continues the tenancy', async () => {
    const { numberKey } = await house.hold();
    const portedAt = claimedAt + 30 * day;
    await house.reported(numberKey, eventAt('number.ported', portedAt));
    house.says({ line: { portedIn: true, joined: joinedAt(portedAt) } });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(await house.evidenceOf(numberKey)).toMatchObject([{ details: { rule: 'port-continues' } }, {}]);
  });

  it('ported, and a join date later than the port → recycled', async () => {
    const { numberKey } = await house.hold();
    await house.reported(numberKey, eventAt('number.ported', claimedAt + 30 * day));
    house.says({ line: { portedIn: true, joined: joinedAt(claimedAt + 60 * day) } });
    expect(await house.pass(numberKey)).toEqual(refusal('number_recycled'));
  });
});

describe('the code gate: the same person', () => {
  it('recycled by date, and the carrier confirms the person → in, and the claim moves to the new tenancy', async () => {
    const { numberKey, claimId } = await house.hold({ verified: true });
    const joined = joinedAt(claimedAt + 60 * day);
    house.says({ line: { joined }, match: 'match' });
    const passage = await house.pass(numberKey);
    expect(passage).toMatchObject({ kind: 'allow', claim: { claimId, anchoredAt: joined.at + 999 } });
    expect(await house.claimOf(numberKey)).toMatchObject({
      ...{ claimId, claimedAt, anchoredAt: joined.at + 999, confirmedAt: joined.at + 999 },
      tenancy: { joined, source: 'sichuan/mobile-5g' },
    });
    expect((await house.evidenceOf(numberKey)).map(({ code }) => code).sort()).toEqual([
      'claim.moved',
      'login.allowed',
      'verdict.current',
    ]);
    expect(house.woken).toEqual([]);
  });

  it('moved, and asked again later → the join date is that of its tenancy now, nobody is compared again', async () => {
    const { numberKey } = await house.hold({ verified: true });
    house.says({ line: { joined: joinedAt(claimedAt + 60 * day) }, match: 'match' });
    await house.pass(numberKey);
    house.lookups();
    house.clock.now += hour;
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(['queryLine']);
  });

  it('recycled by date, and it is another person → recycled, released', async () => {
    const { numberKey } = await house.hold({ verified: true });
    house.says({ ...recycled, match: 'no-match' });
    expect(await house.pass(numberKey)).toEqual(refusal('number_recycled'));
    expect(house.woken).toEqual([numberKey]);
  });

  it.each([
    ['time-out', 'number_undecided'],
    ['server-error', 'number_undecided'],
    ['answer-malformed', 'number_undecided'],
    ['not-found', 'number_undecided'],
    ['no-capability', 'number_recycled'],
    ['no-customer', 'number_recycled'],
  ] as const)('recycled by date, and of the person: %s → %s', async (match, code) => {
    const { numberKey } = await house.hold({ verified: true });
    house.says({ ...recycled, match });
    expect(await house.pass(numberKey)).toEqual(refusal(code));
    expect((await house.claimOf(numberKey)).foundRecycled !== undefined).toBe(code === 'number_recycled');
  });

  it('a user without a verified identity → nobody is compared: the date decides', async () => {
    const { numberKey } = await house.hold();
    house.says({ ...recycled, match: 'match' });
    expect(await house.pass(numberKey)).toEqual(refusal('number_recycled'));
    expect(house.lookups()).toEqual(['queryLine']);
  });

  it('moved, then a late report of the earlier tenancy → touches the claim no more (I7)', async () => {
    const { numberKey } = await house.hold({ verified: true });
    const joined = joinedAt(claimedAt + 60 * day);
    house.says({ line: { joined }, match: 'match' });
    await house.pass(numberKey);
    await house.reported(numberKey, eventAt('number.cancelled', claimedAt + 10 * day, { receivedAt: noon }));
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
  });
});

describe('the code gate: whom it concerns', () => {
  it('a number on which nobody has a claim → no such login, with the same list, and no carrier asked', async () => {
    const { numberKey, claimId } = await house.hold();
    await house.store.claims.withdraw({ numberKey, claimId });
    expect(await house.pass(numberKey)).toEqual(refusal('no_such_login'));
    expect(house.lookups()).toEqual([]);
    expect(await house.evidenceOf(numberKey)).toMatchObject([
      { kind: 'decision', code: 'login.refused', details: { reason: 'no_such_login' } },
    ]);
  });

  it('a user who lost the phone while the claim was read (released, epoch raised) → no such login', async () => {
    const { numberKey, userId, claimId } = await house.hold();
    await house.store.users.dropPhone(userId, claimId);
    await house.store.users.raiseEpoch(userId, 'released');
    house.says(current);
    expect(await house.pass(numberKey)).toEqual(refusal('no_such_login'));
  });

  it.each(['login', 'reset-password'] as const)(
    'I2: %s by a code that was sent before the claim was made, to whoever held the number then → no such login, and no carrier asked',
    async (purpose) => {
      const { numberKey } = await house.hold();
      house.says(current);
      expect(await house.pass(numberKey, purpose, claimedAt - 1)).toEqual(refusal('no_such_login'));
      expect(house.lookups()).toEqual([]);
      expect(await house.pass(numberKey, purpose, claimedAt)).toMatchObject({ kind: 'allow' });
    },
  );

  it('a reset → its own decisions on the timeline', async () => {
    const { numberKey } = await house.hold();
    house.says(current);
    await house.pass(numberKey, 'reset-password');
    house.says(recycled);
    house.clock.now += hour;
    await house.pass(numberKey, 'reset-password');
    const codes = (await house.evidenceOf(numberKey)).map(({ code }) => code);
    expect(codes).toEqual(['verdict.current', 'reset.allowed', 'verdict.recycled', 'reset.refused']);
  });

  it('nothing of a person in evidence', async () => {
    const { numberKey, phone } = await house.hold({ verified: true });
    house.says({ ...recycled, match: 'no-match' });
    await house.pass(numberKey);
    const text = JSON.stringify(await house.evidenceOf(numberKey));
    for (const secret of [phone, phone.slice(3), '张伟', '11010519491231002X'])
      expect(text).not.toContain(secret);
  });
});

describe('a recycled number found at the gate', () => {
  it('→ the sweep is to look after it, the claim says what was found, its life is woken', async () => {
    const { numberKey } = await house.hold();
    house.says(recycled);
    await house.pass(numberKey);
    const [verdict] = await house.evidenceOf(numberKey);
    expect(await house.claimOf(numberKey)).toMatchObject({
      foundRecycled: { at: noon, verdictId: verdict?.evidenceId },
      state: 'active',
    });
    expect(await house.numberOf(numberKey)).toMatchObject({ attendBy: noon + minute });
    expect(house.woken).toEqual([numberKey]);
  });

  it('found again before it is released → woken again, what was found first stays', async () => {
    const { numberKey } = await house.hold();
    house.says(recycled);
    await house.pass(numberKey);
    const first = (await house.claimOf(numberKey)).foundRecycled;
    house.clock.now += minute;
    await house.pass(numberKey);
    expect((await house.claimOf(numberKey)).foundRecycled).toEqual(first);
    expect(house.woken).toEqual([numberKey, numberKey]);
  });

  it('the workflow server away → refused all the same, and the sweep will find it', async () => {
    const { numberKey } = await house.hold();
    house.temporal.away = true;
    house.says(recycled);
    expect(await house.pass(numberKey)).toEqual(refusal('number_recycled'));
    expect(await house.store.numbers.overdue({ now: noon + minute + 1, limit: 100 })).toContain(numberKey);
  });

  it('the claim suspended between verdict and release → left as it is', async () => {
    const { numberKey } = await house.hold();
    const judged = await house.claimOf(numberKey);
    await house.store.claims.suspend({
      numberKey,
      claimId: judged.claimId,
      at: noon,
      since: judged.stateSince,
    });
    await house.verdicts.startRelease({
      ...{ numberKey, claim: judged, verdictId: 'v', at: noon, correlator: 'test' },
    });
    expect((await house.claimOf(numberKey)).foundRecycled).toBeUndefined();
    expect(house.woken).toEqual([]);
  });
});

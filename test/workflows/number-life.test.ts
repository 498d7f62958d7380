import { WorkflowNotFoundError } from '@temporalio/client';
import { CarrierUnavailable } from '../../carriers/gateway.ts';
import { asCaseId, asClaimId, asUserId } from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { createMessenger } from '../../worker/messenger.ts';
import {
  type NumberLifeView,
  numberLifeQuery,
  numberLifeWorkflowId,
} from '../../workflows/number/contract.ts';
import { testHasher } from '../store/open-store.ts';
import { type Household, openHousehold } from './household.ts';

/** A number's life, whole, with its 90 days of freeze skipped. Time is global to the server, so these run in turn. */
let house: Household;
beforeAll(async () => {
  house = await openHousehold();
}, 120_000);
afterAll(() => house.close());

const dayMs = 86_400_000;

describe("a number's life", () => {
  it('cancelled, freeze ends → suspended at once, released after 90 days, user told and otherwise untouched', async () => {
    const { phone, numberKey, userId, claimId } = await house.holdNumber();
    const cancelledAt = await house.cancel({ phone, numberKey });
    expect(await house.epochOf(userId)).toBe(1);

    await house.lifeEnds(numberKey);

    expect(await house.now()).toBeGreaterThanOrEqual(cancelledAt + 90 * dayMs);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: null,
      released: [{ claimId, userId, cause: { kind: 'freeze-ended' } }],
    });
    expect(await house.store.users.find(userId)).toMatchObject({ status: 'open', phone: null, epoch: 2 });
    await house.told(numberKey, 2);
    const codes = (await house.store.evidence.ofNumber(numberKey)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['claim.suspended', 'claim.released']));
  });

  it('cancelled and reclaimed in time → active again, and nothing left running', async () => {
    const { phone, numberKey, userId, claimId } = await house.holdNumber();
    const at = await house.cancel({ phone, numberKey });
    await house.report([house.eventOf(phone, 'number.reclaimed', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { claimId, state: 'active' } });
    expect(await house.store.users.find(userId)).toMatchObject({ phone: { claimId } });
  });

  it('reissued before the freeze ended → released at once', async () => {
    const { phone, numberKey, userId } = await house.holdNumber();
    const at = await house.cancel({ phone, numberKey });
    await house.report([house.eventOf(phone, 'number.reissued', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: null,
      released: [{ cause: { kind: 'reissued' } }],
    });
    expect(await house.store.users.find(userId)).toMatchObject({ phone: null });
  });

  it('I6: the same call of events ten times over → one suspension, one release, one mail for each', async () => {
    const { phone, numberKey, userId } = await house.holdNumber();
    const at = await house.now();
    const cancelled = house.eventOf(phone, 'number.cancelled', at);
    await Promise.all(Array.from({ length: 10 }, () => house.report([cancelled, cancelled])));
    await house.claimBecomes(numberKey, 'suspended');
    await house.lifeEnds(numberKey);
    await house.report([cancelled]);
    expect(await house.epochOf(userId)).toBe(2);
    expect((await house.store.claims.find(numberKey))?.released).toHaveLength(1);
    await house.told(numberKey, 2);
    const email = (await house.store.users.find(userId))?.email;
    const subjects = house.mails
      .filter(({ to }) => to === email)
      .map(({ subject }) => subject.split(' / ')[1]);
    expect(subjects.sort()).toEqual(['Login phone removed', 'Login phone suspended']);
  });

  it('I7: a cancellation from before the claim → nothing happens, and no workflow runs', async () => {
    const { phone, numberKey } = await house.holdNumber();
    await house.report([house.eventOf(phone, 'number.cancelled', Date.parse('2023-06-01T00:00:00Z'))]);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: { state: 'active' },
      version: 1,
    });
    await expect(house.lifeOf(numberKey).describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  it('a number without a claim → its history is written, and no workflow runs', async () => {
    const phone = '+8613800999001' as PhoneNumber;
    await house.report([house.eventOf(phone, 'number.cancelled', await house.now())]);
    const numberKey = testHasher.numberKeyOf(phone);
    expect(await house.store.numbers.find(numberKey)).toMatchObject({ phone, phase: 'ended' });
    await expect(house.lifeOf(numberKey).describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  it('the cancellation is retracted, before or after it came → active', async () => {
    const { phone, numberKey } = await house.holdNumber();
    const at = await house.now();
    const wrong = house.eventOf(phone, 'number.cancelled', at);
    const retraction = house.eventOf(phone, 'event.retracted', at, { retracts: wrong.id });
    await house.report([wrong]);
    await house.claimBecomes(numberKey, 'suspended');
    await house.report([retraction]);
    await house.lifeEnds(numberKey);
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { state: 'active' } });

    const early = await house.holdNumber();
    const other = house.eventOf(early.phone, 'number.cancelled', at);
    await house.report([house.eventOf(early.phone, 'event.retracted', at, { retracts: other.id })]);
    await house.report([other]);
    expect(await house.store.claims.find(early.numberKey)).toMatchObject({
      claim: { state: 'active' },
      version: 1,
    });
  });

  it('suspension (停机), restoration and port → the claim stays as it is', async () => {
    const { phone, numberKey } = await house.holdNumber();
    const at = await house.now();
    await house.report([
      house.eventOf(phone, 'number.suspended', at),
      house.eventOf(phone, 'number.restored', at + 1),
      house.eventOf(phone, 'number.ported', at + 2, { system: 'mobile-4g' }),
    ]);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: { state: 'active' },
      version: 1,
    });
    expect(await house.store.numbers.find(numberKey)).toMatchObject({ system: 'mobile-4g' });
  });

  it('asked by query while it sleeps → says state, end of the freeze and what it did', async () => {
    const { phone, numberKey } = await house.holdNumber();
    await house.cancel({ phone, numberKey });
    const view = await house.lifeOf(numberKey).query<NumberLifeView>(numberLifeQuery);
    expect(view).toMatchObject({ state: 'frozen', done: [{ what: 'suspend-claim' }] });
    expect(view.freezeEndsAt).toBe(view.nextAt);
  });
});

describe('the same-person check', () => {
  it('the same verified person again → the claim moves to the new tenancy', async () => {
    house.matches.splice(0, house.matches.length, { kind: 'answer', value: 'match' });
    const { phone, numberKey, claimId } = await house.holdNumber({ verified: true });
    const at = await house.now();
    await house.report([
      house.eventOf(phone, 'number.cancelled', at),
      house.eventOf(phone, 'number.reissued', at + 1),
    ]);
    await house.lifeEnds(numberKey);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: { claimId, state: 'active', anchoredAt: at + 1 },
    });
    const codes = (await house.store.evidence.ofNumber(numberKey)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['same-person.same', 'claim.moved']));
  });

  it('the carrier is away, then says another person → nothing released before it said so', async () => {
    const home = { province: 'sichuan', system: 'mobile-5g' };
    house.matches.splice(
      0,
      house.matches.length,
      new CarrierUnavailable({ home, reason: 'time-out' }),
      { kind: 'cannot-say', reason: 'answer-malformed' },
      { kind: 'answer', value: 'no-match' },
    );
    const { phone, numberKey } = await house.holdNumber({ verified: true });
    await house.report([house.eventOf(phone, 'number.transferred', await house.now())]);
    await house.lifeEnds(numberKey);
    const verdicts = (await house.store.evidence.ofNumber(numberKey)).filter(
      ({ kind }) => kind === 'verdict',
    );
    expect(verdicts.map(({ code }) => code)).toEqual([
      'same-person.undecided',
      'same-person.undecided',
      'same-person.other',
    ]);
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: null,
      released: [{ cause: { kind: 'transferred' } }],
    });
  });

  it('I8: a carrier that never says → the claim stays suspended, and after a week people have a case', async () => {
    house.matches.splice(0, house.matches.length, { kind: 'cannot-say', reason: 'request-refused' });
    const { phone, numberKey, claimId } = await house.holdNumber({ verified: true });
    await house.report([house.eventOf(phone, 'number.transferred', await house.now())]);
    await house.claimBecomes(numberKey, 'suspended');
    await house.environment.sleep(9 * dayMs);
    expect(await house.store.cases.find(asCaseId(`${claimId}:undecided-verdict`))).toMatchObject({
      status: 'open',
    });
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { state: 'suspended' } });
    await house.lifeOf(numberKey).terminate();
  });
});

describe('a reclaim after the release', () => {
  async function released() {
    const held = await house.holdNumber();
    const at = await house.cancel(held);
    await house.lifeEnds(held.numberKey);
    return { ...held, at };
  }

  it('nobody claimed the number → given back to the same user', async () => {
    const { phone, numberKey, userId, claimId, at } = await released();
    await house.report([house.eventOf(phone, 'number.reclaimed', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { claimId, state: 'active' } });
    expect(await house.store.users.find(userId)).toMatchObject({ phone: { claimId } });
  });

  it('the user has another phone by now → a case, and nothing changes', async () => {
    const { phone, numberKey, userId, claimId, at } = await released();
    const other = { numberKey: 'n1_other' as typeof numberKey, claimId: asClaimId('other') };
    await house.store.users.takePhone(userId, other);
    await house.report([house.eventOf(phone, 'number.reclaimed', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.store.cases.find(asCaseId(`${claimId}:disputed-release`))).toMatchObject({
      status: 'open',
    });
    expect(await house.store.users.find(userId)).toMatchObject({ phone: other });
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: null });
  });

  it('somebody else claimed the number → a case, and that one keeps it', async () => {
    const { phone, numberKey, claimId, at } = await released();
    const stranger = { claimId: asClaimId(`stranger-${claimId}`), userId: asUserId('stranger') };
    const since = await house.now();
    await house.store.claims.claim(numberKey, {
      ...stranger,
      state: 'active',
      claimedAt: since,
      anchoredAt: since,
      tenancy: null,
      bindingId: null,
      stateSince: since,
      samePerson: [],
    });
    await house.report([house.eventOf(phone, 'number.reclaimed', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.store.cases.find(asCaseId(`${claimId}:disputed-release`))).toMatchObject({
      status: 'open',
    });
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: stranger });
  });
});

describe('a notice', () => {
  it('the mailbox refuses it → undeliverable, and people have a case', async () => {
    house.mailbox.refuses = true;
    const { phone, numberKey, claimId } = await house.holdNumber();
    await house.cancel({ phone, numberKey });
    const claim = (await house.store.claims.find(numberKey))?.claim;
    await house.environment.client.workflow
      .getHandle(`notice:${claimId}:suspended:${claim?.stateSince}:notice`)
      .result();
    expect(await house.store.cases.find(asCaseId(`${claimId}:undeliverable-notice`))).toMatchObject({
      status: 'open',
    });
    house.mailbox.refuses = false;
  });
});

describe("a carrier's answer that shows a number to be somebody else's", () => {
  it('→ released as by an event: sessions end, the user is told, money and user stay', async () => {
    const { phone, numberKey, userId, claimId } = await house.holdNumber();
    const unknown = {
      events: [],
      provenAt: [],
      phase: 'unknown',
      freezeEndsAt: null,
      fromVersion: 0,
    } as const;
    const home = { province: 'sichuan', system: 'mobile-5g' };
    await house.store.numbers.write([{ numberKey, phone, ...home, ...unknown }]);
    const { stateSince: since } = (await house.store.claims.find(numberKey))?.claim ?? { stateSince: 0 };
    const found = { at: await house.now(), verdictId: 'verdict-1' };
    await house.store.claims.noteRecycled({ numberKey, claimId, since, found });
    await createMessenger(house.client).wakeNumbers({ numberKeys: [numberKey], correlator: 'test' });
    await house.lifeEnds(numberKey);

    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: null,
      released: [{ claimId, userId, cause: { kind: 'recycled', eventKey: null } }],
    });
    expect(await house.store.users.find(userId)).toMatchObject({ status: 'open', phone: null, epoch: 1 });
    await house.told(numberKey, 1);
    const codes = (await house.store.evidence.ofNumber(numberKey)).map(({ code }) => code);
    expect(codes).toEqual(['claim.released', 'notice.delivered']);
    expect((await house.store.numbers.find(numberKey))?.attendBy).toBeNull();
  });
});

describe('sizes', () => {
  it('a frozen number with a claim → at most 8 history events while it sleeps, no search attribute', async () => {
    const { phone, numberKey } = await house.holdNumber();
    await house.cancel({ phone, numberKey });
    const { events } = await house.lifeOf(numberKey).fetchHistory();
    expect(events?.at(-1)?.timerStartedEventAttributes).toBeTruthy();
    expect(events?.length).toBeLessThanOrEqual(8);
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.searchAttributes ?? null).toBeNull();
  });

  it('cancelled, frozen, reissued with a same-person check → at most 40 history events', async () => {
    house.matches.splice(0, house.matches.length, { kind: 'answer', value: 'no-match' });
    const { phone, numberKey } = await house.holdNumber({ verified: true });
    const at = await house.cancel({ phone, numberKey });
    await house.report([house.eventOf(phone, 'number.reissued', at + 1)]);
    await house.lifeEnds(numberKey);
    expect(await house.historyLength(numberLifeWorkflowId(numberKey))).toBeLessThanOrEqual(40);
  });

  it('a batch of 1,000 events → one workflow takes all of them in', async () => {
    const at = await house.now();
    const events = Array.from({ length: 1_000 }, (_, index) =>
      house.eventOf(`+8613801${100_000 + index}` as PhoneNumber, 'number.cancelled', at),
    );
    const workflowId = await house.report(events);
    expect(await house.historyLength(workflowId)).toBeLessThanOrEqual(60);
    const frozen = await house.store.numbers.model.countDocuments({ phase: 'ended', 'events.0.at': at });
    expect(frozen).toBe(1_000);
  }, 60_000);
});

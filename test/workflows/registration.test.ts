import { randomUUID } from 'node:crypto';
import type { RegistrationOutcome } from '../../activities/registration/register.ts';
import { rulesOf } from '../../carriers/rules.ts';
import { asVerificationId, type NumberKey, type UserId } from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { type Applicant, register, registeredUserId, registrationIdOf } from '../../store/registration.ts';
import {
  type RegistrationInput,
  registrationWorkflow,
  registrationWorkflowId,
} from '../../workflows/registration/contract.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { registrationTools, richApplicant } from '../registration/applicants.ts';
import { testHasher } from '../store/open-store.ts';
import { type Household, openHousehold } from './household.ts';

/** Registrations that need a verdict, whole, with their waiting skipped. */
let house: Household;
beforeAll(async () => {
  house = await openHousehold();
}, 120_000);
afterAll(() => house.close());
beforeEach(() => {
  house.carriers.reset();
  house.matches.splice(0, house.matches.length, { kind: 'answer', value: 'no-match' });
});

const home = { province: 'sichuan', system: 'mobile-5g' };
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Somebody proves a number just now, and asks to be registered with it. */
async function apply({ phone }: { phone: PhoneNumber }, more: Partial<Applicant> = {}) {
  const at = await house.now();
  const registrationId = registrationIdOf(asVerificationId(randomUUID()));
  const tools = {
    ...registrationTools(house.store),
    rulesOf: (number: { numberKey: NumberKey; province: string }) => rulesOf(house.registry, number),
    now: () => at,
  };
  const came = await register(tools, {
    registrationId,
    phone,
    numberKey: testHasher.numberKeyOf(phone),
    home,
    proof: { issuedAt: at, provenAt: at },
    password: 'four quiet lanterns',
    nickname: null,
    email: null,
    identity: null,
    correlator: 'test',
    ...more,
  });
  if (came.kind !== 'asks-for-verdict') throw new Error(`was to need a verdict: ${JSON.stringify(came)}`);
  return { registrationId, userId: registeredUserId(registrationId), at };
}

const begin = async ({ registrationId }: Pick<RegistrationInput, 'registrationId'>) => {
  await house.client.workflow.start(registrationWorkflow, {
    workflowId: registrationWorkflowId(registrationId),
    taskQueue: mainTaskQueue,
    args: [{ registrationId, correlator: 'test' }],
  });
};

/** The end of a registration that doesn't wait for anything: time goes as usual. */
const outcomeOf = async (applicant: Awaited<ReturnType<typeof apply>>): Promise<RegistrationOutcome> => {
  await begin(applicant);
  return house.client.workflow.getHandle(registrationWorkflowId(applicant.registrationId)).result();
};

/** Skips time until a registration has come to its end. */
const ends = ({ registrationId }: Pick<RegistrationInput, 'registrationId'>): Promise<RegistrationOutcome> =>
  house.environment.client.workflow.getHandle(registrationWorkflowId(registrationId)).result();

/** A number that a user holds since 2024, its line joined at the given time. */
async function occupied(joinedAt: number | null, more: Parameters<Household['holdNumber']>[0] = {}) {
  const held = await house.holdNumber(more);
  if (joinedAt !== null) house.carriers.says({ line: { joined: { precision: 'second', at: joinedAt } } });
  return held;
}

const recycledSince2025 = Date.parse('2025-03-01T00:00:00Z');
const heldSince2020 = Date.parse('2020-03-01T00:00:00Z');
const refused = (reason: string) => ({ status: 'refused', reason });

/** What is left of a registration that was refused: nothing but its user's id, taken. */
async function expectNothingOf(userId: UserId) {
  expect((await house.store.users.find(userId))?.status ?? 'abandoned').toBe('abandoned');
  expect(await house.store.accounts.ofUser(userId)).toEqual([]);
}

const codesOf = async (numberKey: NumberKey) =>
  (await house.store.evidence.ofNumber(numberKey)).map(({ code }) => code);

describe('a registration on an occupied number', () => {
  it('recycled by the carrier’s word → taken over; the former user keeps all but the phone, and is told', async () => {
    const { phone, numberKey, userId: former, claimId } = await occupied(recycledSince2025);
    const applicant = await apply({ phone });
    expect(await outcomeOf(applicant)).toEqual({
      status: 'registered',
      userId: applicant.userId,
      formerHolderReleased: true,
    });

    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: {
        userId: applicant.userId,
        state: 'active',
        claimedAt: applicant.at,
        tenancy: { joined: { precision: 'second', at: recycledSince2025 }, source: 'sichuan/mobile-5g' },
      },
      released: [{ claimId, userId: former, cause: { kind: 'recycled', eventKey: null } }],
      owed: [],
    });
    expect(await house.store.users.find(former)).toMatchObject({ status: 'open', phone: null, epoch: 1 });
    expect(await house.store.users.find(applicant.userId)).toMatchObject({
      status: 'open',
      phone: { numberKey },
      nickname: null,
      email: null,
    });
    await house.told(numberKey, 1);
    expect(await codesOf(numberKey)).toEqual(
      expect.arrayContaining(['verdict.recycled', 'registration.allowed', 'claim.released', 'claim.created']),
    );
    expect(await house.store.numbers.find(numberKey)).toMatchObject({ provenAt: [applicant.at] });
  });

  it('with e-mail and identity → the mail to verify is sent, and the carrier is asked who holds the number', async () => {
    house.matches.splice(0, house.matches.length, { kind: 'answer', value: 'match' });
    const { email, identity } = richApplicant(77);
    const applicant = await apply(await occupied(recycledSince2025), { email, identity });
    expect(await outcomeOf(applicant)).toMatchObject({ status: 'registered' });
    const user = await house.store.users.find(applicant.userId);
    expect(user?.customerId && (await house.store.customers.find(user.customerId))).toMatchObject({
      verifiedAt: expect.any(Number),
    });
    await house.mailed(email?.address ?? '', 1);
    expect(user).toMatchObject({ emailVerified: false });
  });

  it('budget: a plain take-over → 13 events', async () => {
    const applicant = await apply(await occupied(recycledSince2025));
    await outcomeOf(applicant);
    expect(await house.historyLength(registrationWorkflowId(applicant.registrationId))).toBe(13);
  });

  it('current → phone_in_use, the holder undisturbed and nothing left', async () => {
    const { phone, numberKey, claimId, userId: holder } = await occupied(heldSince2020);
    const applicant = await apply({ phone });
    expect(await outcomeOf(applicant)).toEqual(refused('phone_in_use'));
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { claimId }, released: [] });
    expect(await house.epochOf(holder)).toBe(0);
    await expectNothingOf(applicant.userId);
    expect(await codesOf(numberKey)).toEqual(['verdict.current', 'registration.refused']);
  });

  it.each(['not-found', 'answer-malformed', 'answer-contradictory'] as const)(
    'the carrier says %s → number_undecided at once, and nobody released',
    async (line) => {
      const { phone, numberKey, claimId } = await occupied(null);
      house.carriers.says({ line });
      const applicant = await apply({ phone });
      expect(await outcomeOf(applicant)).toEqual(refused('number_undecided'));
      expect(await house.now()).toBeLessThan(applicant.at + minuteMs);
      expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { claimId } });
      await expectNothingOf(applicant.userId);
    },
  );

  it('joined on the day of the claim → number_undecided', async () => {
    house.carriers.says({ capabilities: { joinDate: 'day' } });
    const { phone } = await occupied(null);
    house.carriers.says({ line: { joined: { precision: 'day', day: '2024-01-01' } } });
    expect(await outcomeOf(await apply({ phone }))).toEqual(refused('number_undecided'));
  });

  it('frozen by the carrier’s word → number_frozen', async () => {
    const { phone } = await occupied(null);
    house.carriers.says({ line: { status: 'frozen', joined: null } });
    expect(await outcomeOf(await apply({ phone }))).toEqual(refused('number_frozen'));
  });

  it('the same person in a later tenancy → phone_in_use', async () => {
    house.matches.splice(0, house.matches.length, { kind: 'answer', value: 'match' });
    const { phone, numberKey, claimId } = await occupied(recycledSince2025, { verified: true });
    expect(await outcomeOf(await apply({ phone }))).toEqual(refused('phone_in_use'));
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: { claimId, state: 'active', tenancy: { joined: { at: recycledSince2025 } } },
      released: [],
    });
    expect(await codesOf(numberKey)).toContain('claim.moved');
  });

  it('claimed by somebody whose code was sent later → phone_in_use, and the carrier isn’t asked', async () => {
    const { phone, numberKey } = await occupied(recycledSince2025);
    const first = await apply({ phone });
    const proof = { issuedAt: first.at - minuteMs, provenAt: await house.now() };
    const second = await apply({ phone }, { proof });
    expect(await outcomeOf(first)).toMatchObject({ status: 'registered' });
    house.carriers.lookups();
    expect(await outcomeOf(second)).toEqual(refused('phone_in_use'));
    expect(house.carriers.lookups()).toEqual([]);
    expect((await house.store.claims.find(numberKey))?.claim).toMatchObject({ userId: first.userId });
  });

  it('I1: wanted by many at one instant → exactly one takes it over', async () => {
    const { phone, numberKey } = await occupied(recycledSince2025);
    const applicants = await Promise.all(Array.from({ length: 8 }, () => apply({ phone })));
    const outcomes = await Promise.all(applicants.map(outcomeOf));
    const won = outcomes.filter(({ status }) => status === 'registered');
    expect(won).toHaveLength(1);
    expect((await house.store.claims.find(numberKey))?.released).toHaveLength(1);
    for (const outcome of outcomes)
      if (!won.includes(outcome)) expect(outcome).toEqual(refused('phone_in_use'));
  });
});

describe('a carrier in trouble', () => {
  it('away, then back → asked again until it answers, and taken over', async () => {
    const { phone, numberKey } = await occupied(recycledSince2025);
    house.carriers.says({ all: 'connection-failed' });
    const applicant = await apply({ phone });
    await begin(applicant);
    await house.asked(2);
    house.carriers.says({});
    expect(await ends(applicant)).toMatchObject({ status: 'registered', formerHolderReleased: true });
    expect(await codesOf(numberKey)).toEqual(expect.arrayContaining(['registration.waits']));
  });

  it('away for 15 minutes → number_undecided, on time, and nobody released', async () => {
    const { phone, numberKey, claimId } = await occupied(recycledSince2025);
    house.carriers.says({ all: 'time-out' });
    const applicant = await apply({ phone });
    await begin(applicant);
    expect(await ends(applicant)).toEqual(refused('number_undecided'));
    const settledAt = (await house.store.phoneRequests.find(applicant.registrationId))?.settledAt ?? 0;
    const waited = settledAt - applicant.at;
    expect(waited).toBeGreaterThanOrEqual(15 * minuteMs);
    expect(waited).toBeLessThan(16 * minuteMs);
    expect(await house.store.claims.find(numberKey)).toMatchObject({ claim: { claimId }, released: [] });
    await expectNothingOf(applicant.userId);
  });

  it.each([
    ['number.cancelled', 'number_frozen'],
    ['number.reissued', 'code_invalid'],
    ['number.transferred', 'code_invalid'],
  ] as const)('%s while it is away → %s', async (type, reason) => {
    const { phone, numberKey } = await occupied(recycledSince2025);
    house.carriers.says({ all: 'connection-failed' });
    const applicant = await apply({ phone });
    await begin(applicant);
    await house.asked(1);
    await house.report([house.eventOf(phone, type, applicant.at + 1)]);
    expect(await ends(applicant)).toEqual(refused(reason));
    await expectNothingOf(applicant.userId);
    expect((await house.store.claims.find(numberKey))?.claim?.userId).not.toBe(applicant.userId);
  });
});

describe('a number that events tell of', () => {
  it('frozen, and the carrier shows no new tenancy → number_frozen', async () => {
    const held = await house.holdNumber();
    await house.cancel(held);
    house.carriers.says({ line: { status: 'frozen', joined: null } });
    expect(await outcomeOf(await apply(held))).toEqual(refused('number_frozen'));
    expect((await house.store.claims.find(held.numberKey))?.claim).toMatchObject({ state: 'suspended' });
  });

  it('frozen, and the carrier shows a new tenancy → taken over', async () => {
    const held = await house.holdNumber();
    const at = await house.cancel(held);
    house.carriers.says({ line: { joined: { precision: 'second', at: at + 5_000 } } });
    const applicant = await apply(held);
    expect(await outcomeOf(applicant)).toMatchObject({ status: 'registered', formerHolderReleased: true });
    await house.lifeEnds(held.numberKey);
    expect(await house.store.claims.find(held.numberKey)).toMatchObject({
      claim: { userId: applicant.userId, state: 'active' },
      released: [{ userId: held.userId }],
      owed: [],
    });
  });

  it('frozen and nobody’s, and the carrier shows a new tenancy → registered', async () => {
    const phone = house.freshPhone();
    const at = await house.now();
    await house.report([house.eventOf(phone, 'number.cancelled', at)]);
    house.carriers.says({ line: { joined: { precision: 'second', at: at + 5_000 } } });
    expect(await outcomeOf(await apply({ phone }))).toMatchObject({
      status: 'registered',
      formerHolderReleased: false,
    });
  });

  it('reissued, and the former holder’s life isn’t through with it → released once, taken over', async () => {
    const { phone, numberKey, userId: former } = await occupied(recycledSince2025);
    const at = await house.now();
    const { phone: _, sequence: __, ...reissued } = house.eventOf(phone, 'number.reissued', at - dayMs);
    const number = await house.store.numbers.meet({ numberKey, phone, home });
    await house.store.numbers.write([{ ...number, events: [reissued], fromVersion: number.version }]);
    const applicant = await apply({ phone });
    expect(await outcomeOf(applicant)).toMatchObject({ status: 'registered', formerHolderReleased: true });
    expect(await house.store.claims.find(numberKey)).toMatchObject({
      claim: { userId: applicant.userId },
      released: [{ userId: former, cause: { kind: 'reissued' } }],
    });
    expect(await house.epochOf(former)).toBe(1);
  });
});

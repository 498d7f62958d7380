import { randomUUID } from 'node:crypto';
import type { PhoneChangeOutcome } from '../../activities/user/change-phone.ts';
import { asAccountId, asClaimId, type UserId } from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import {
  type ChangePhoneInput,
  changePhoneWorkflow,
  closeUserWorkflow,
  userWorkflowId,
} from '../../workflows/user/contract.ts';
import { testHasher } from '../store/open-store.ts';
import { type Household, openHousehold } from './household.ts';

/** Changes of phone and closings, whole, with their waiting skipped. */
let house: Household;
beforeAll(async () => {
  house = await openHousehold();
}, 120_000);
afterAll(() => house.close());
beforeEach(() => house.carriers.reset());

const home = { province: 'sichuan', system: 'mobile-5g' };
const minuteMs = 60_000;
const joinedAt = (at: number) => ({ joined: { precision: 'second', at } as const });

/** A user asks for another number, whose code was proven just now. */
async function ask(
  { userId }: { userId: UserId },
  phone: PhoneNumber = house.freshPhone(),
  { provenAgo = 0 } = {},
): Promise<ChangePhoneInput & { at: number; numberKey: ReturnType<typeof testHasher.numberKeyOf> }> {
  const at = await house.now();
  const numberKey = testHasher.numberKeyOf(phone);
  const changeId = randomUUID();
  await house.store.numbers.meet({ numberKey, phone, home });
  await house.store.phoneRequests.begin({
    requestId: changeId,
    kind: 'phone-change',
    userId,
    numberKey,
    claimId: asClaimId(`claim-${changeId}`),
    issuedAt: at - provenAgo - minuteMs,
    provenAt: at - provenAgo,
    formerClaimId: (await house.store.claims.find(numberKey))?.claim?.claimId ?? null,
    epoch: (await house.epochOf(userId)) ?? 0,
    correlator: 'test',
    createdAt: at,
  });
  return { changeId, userId, correlator: 'test', at, numberKey };
}

const start = ({ changeId, userId, correlator }: ChangePhoneInput) =>
  house.client.workflow.start(changePhoneWorkflow, {
    workflowId: userWorkflowId(userId),
    taskQueue: mainTaskQueue,
    args: [{ changeId, userId, correlator }],
  });

/** The end of a change that doesn't wait for anything: time goes as usual. */
const outcomeOf = async (change: ChangePhoneInput): Promise<PhoneChangeOutcome> =>
  (await start(change)).result();

/** Skips time until what runs for a user has come to its end. */
const ends = (userId: UserId): Promise<PhoneChangeOutcome> =>
  house.environment.client.workflow.getHandle(userWorkflowId(userId)).result();

const phoneOf = async (userId: UserId) => (await house.store.users.find(userId))?.phone ?? null;
const holderOf = async (numberKey: Parameters<Household['store']['claims']['find']>[0]) =>
  (await house.store.claims.find(numberKey))?.claim?.userId ?? null;

describe('changePhone', () => {
  it('to a free number → changed, the old number is free and its leaving stands on its timeline', async () => {
    const held = await house.holdNumber();
    await house.store.numbers.meet({ ...held, home });
    const change = await ask(held);
    await expect(outcomeOf(change)).resolves.toEqual({ status: 'changed', formerHolderReleased: false });
    expect(await holderOf(held.numberKey)).toBeNull();
    expect(await holderOf(change.numberKey)).toBe(held.userId);
    expect(await phoneOf(held.userId)).toMatchObject({ numberKey: change.numberKey });
    const evidence = await house.store.evidence.ofNumber(held.numberKey);
    expect(evidence.find(({ code }) => code === 'claim.released')?.details).toMatchObject({ cause: 'left' });
    await house.told(held.numberKey, 1);
    expect(house.mails.at(-1)?.subject).toContain('Login phone changed');
  });

  it('to a recycled number → taken over, its former holder keeps all else', async () => {
    const [held, former] = [await house.holdNumber(), await house.holdNumber()];
    house.carriers.says({ line: joinedAt(Date.now() - minuteMs) });
    const change = await ask(held, former.phone);
    await expect(outcomeOf(change)).resolves.toEqual({ status: 'changed', formerHolderReleased: true });
    expect(await holderOf(former.numberKey)).toBe(held.userId);
    expect(await house.store.users.find(former.userId)).toMatchObject({ status: 'open', phone: null });
  });

  it('a carrier that is away for minutes → the old phone stays meanwhile, and then it is changed', async () => {
    const [held, former] = [await house.holdNumber(), await house.holdNumber()];
    house.carriers.says({ all: 'connection-failed' });
    const change = await ask(held, former.phone);
    await start(change);
    await house.asked(1);
    expect(await phoneOf(held.userId)).toMatchObject({ claimId: held.claimId });
    house.carriers.says({ line: joinedAt(Date.now() - minuteMs) });
    await expect(ends(held.userId)).resolves.toMatchObject({ status: 'changed' });
    expect(await holderOf(held.numberKey)).toBeNull();
  });

  it('a carrier that stays away → refused after 15 minutes, and the old phone is as it was', async () => {
    const [held, former] = [await house.holdNumber(), await house.holdNumber()];
    house.carriers.says({ all: 'connection-failed' });
    const change = await ask(held, former.phone, { provenAgo: 14 * minuteMs });
    await start(change);
    await expect(ends(held.userId)).resolves.toEqual({ status: 'refused', reason: 'number_undecided' });
    expect(await holderOf(held.numberKey)).toBe(held.userId);
    expect(await holderOf(former.numberKey)).toBe(former.userId);
    expect(await phoneOf(held.userId)).toMatchObject({ claimId: held.claimId });
    expect(await house.epochOf(held.userId)).toBe(0);
  });

  it('away from a frozen number → its life ends, and a later reclaim gives nothing back', async () => {
    const held = await house.holdNumber();
    const at = await house.cancel(held);
    const change = await ask(held);
    await outcomeOf(change);
    await house.lifeEnds(held.numberKey);
    await house.report([house.eventOf(held.phone, 'number.reclaimed', at + 1_000)]);
    expect(await holderOf(held.numberKey)).toBeNull();
    expect(await phoneOf(held.userId)).toMatchObject({ numberKey: change.numberKey });
    expect(await house.store.cases.model.find({ userId: held.userId }).lean()).toEqual([]);
  });

  it('while one runs, another change and a closing → refused by the workflow server', async () => {
    const [held, former] = [await house.holdNumber(), await house.holdNumber()];
    house.carriers.says({ all: 'connection-failed' });
    await start(await ask(held, former.phone));
    await expect(start(await ask(held))).rejects.toThrow();
    await expect(close(held.userId)).rejects.toThrow();
    house.carriers.says({ line: joinedAt(Date.now() - minuteMs) });
    await ends(held.userId);
  });
});

async function close(userId: UserId): Promise<void> {
  await house.store.closings.begin({
    userId,
    epoch: (await house.epochOf(userId)) ?? 0,
    correlator: 'test',
    at: await house.now(),
  });
  const handle = await house.client.workflow.start(closeUserWorkflow, {
    workflowId: userWorkflowId(userId),
    taskQueue: mainTaskQueue,
    args: [{ userId, correlator: 'test' }],
  });
  await handle.result();
}

describe('closeUser', () => {
  it('without money → closed, and its frozen number’s life ends with it', async () => {
    const held = await house.holdNumber();
    await house.cancel(held);
    await close(held.userId);
    expect(await house.store.users.find(held.userId)).toMatchObject({ status: 'closed', phone: null });
    expect(await house.store.closings.find(held.userId)).toMatchObject({ status: 'closed' });
    await house.lifeEnds(held.numberKey);
    expect(await holderOf(held.numberKey)).toBeNull();
  });

  it('with money → refused, and everything stays', async () => {
    const held = await house.holdNumber();
    const accountId = asAccountId(`account-${held.userId}`);
    await house.store.accounts.open({ accountId, userId: held.userId, kind: 'balance' });
    await house.store.accounts.topUp({ entryId: accountId, accountId, amount: 1, source: 'bank', at: 1 });
    await close(held.userId);
    expect(await house.store.closings.find(held.userId)).toMatchObject({
      status: 'refused',
      reason: 'balance_not_zero',
    });
    expect(await holderOf(held.numberKey)).toBe(held.userId);
  });
});

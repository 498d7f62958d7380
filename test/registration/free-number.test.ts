import { removeAbandonedUsers } from '../../store/abandoned-users.ts';
import { register, registeredUserId } from '../../store/registration.ts';
import type { Store } from '../../store/store.ts';
import { event } from '../domain/number/events.ts';
import { type CrashPoint, crashable, sides } from '../import/crashing-store.ts';
import { contents, day, empty, now } from '../import/new-users.ts';
import { openTestStore } from '../store/open-store.ts';
import { tripsOf } from '../store/round-trips.ts';
import { plainApplicant, registrationTools, richApplicant } from './applicants.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(() => empty(store));

const applicant = richApplicant(1);
const userId = registeredUserId(applicant.registrationId);
const run = (who = applicant) => register(registrationTools(store), who);
const sweep = () => removeAbandonedUsers({ ...registrationTools(store), before: now + day, limit: 100 });

/** Runs on every write of a piece of work, before it, in the middle of it and after it. */
async function atEachWrite(work: () => Promise<unknown>, check: (point: CrashPoint) => Promise<void>) {
  await empty(store);
  const { writes } = await crashing.run(work, null);
  expect(writes).toBeGreaterThan(6);
  for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
    for (const side of sides) {
      await empty(store);
      await check({ atWrite, side });
    }
  }
}

/** The number as its carrier reported it before anybody wanted it. */
async function reported(...events: ReturnType<typeof event>[]) {
  const { numberKey, phone, home } = applicant;
  await store.numbers.write([
    { numberKey, phone, ...home, events, provenAt: [], phase: 'unknown', freezeEndsAt: null, fromVersion: 0 },
  ]);
}

describe('registering on a free number', () => {
  it('without nickname → seven trips to the store, the proof of its code being the eighth', async () => {
    const { result, calls } = await tripsOf(() => run(plainApplicant(2)));
    expect(result).toMatchObject({ kind: 'registered' });
    expect(calls.sort()).toEqual([
      'accounts.insertMany',
      'claims.insertMany',
      'evidence.insertMany',
      'numbers.findOneAndUpdate',
      'numbers.updateOne',
      'users.insertMany',
      'users.updateOne',
    ]);
  });

  it('with nickname and identity → one trip more for each', async () => {
    const { calls } = await tripsOf(() => run());
    expect(calls).toHaveLength(9);
    expect(calls).toEqual(expect.arrayContaining(['handles.insertMany', 'customers.insertMany']));
  });

  it('I8: crash at any write, then the same again → as without a crash', async () => {
    const undisturbed = await run();
    expect(undisturbed).toMatchObject({ kind: 'registered', userId });
    const wanted = await contents(store);
    await atEachWrite(
      () => run(),
      async (point) => {
        expect(await crashing.run(() => run(), point)).toMatchObject({ crashed: true });
        expect(await run()).toMatchObject({ kind: 'registered', userId });
        expect({ point, ...(await contents(store)) }).toEqual({ point, ...wanted });
      },
    );
  });

  it('crash at any write, then swept → nothing is left, or all is there once the claim was made', async () => {
    await run();
    const whole = await contents(store);
    const ends = new Set<string>();
    await atEachWrite(
      () => run(),
      async (point) => {
        await crashing.run(() => run(), point);
        const claimed = (await contents(store)).claims.length > 0;
        await sweep();
        await sweep();
        const { numbers, ...left } = await contents(store);
        ends.add(claimed ? 'whole' : 'nothing');
        if (claimed) expect({ point, numbers, ...left }).toEqual({ point, ...whole });
        else expect(Object.values(left).flat()).toEqual([]);
      },
    );
    expect([...ends].sort()).toEqual(['nothing', 'whole']);
  });

  it('crash at any write, swept and forgotten, then the same again → registered, or refused and nothing left', async () => {
    await atEachWrite(
      () => run(),
      async (point) => {
        await crashing.run(() => run(), point);
        await sweep();
        const again = await run();
        const { users, claims } = await contents(store);
        const open = users.filter(({ status }) => status === 'open');
        expect(open).toHaveLength(again.kind === 'registered' ? 1 : 0);
        expect(claims.filter(({ claim }) => claim !== null)).toHaveLength(open.length);
      },
    );
  });

  it('by two processes at once, and by the sweep → one user with its number (I1)', async () => {
    for (let round = 0; round < 20; round += 1) {
      await empty(store);
      const outcomes = await Promise.all([
        run(),
        run(),
        sweep(),
        run(plainApplicant(3, { phone: applicant.phone, numberKey: applicant.numberKey })),
      ]);
      const { users, claims, handles } = await contents(store);
      const open = users.filter(({ status }) => status === 'open');
      expect(open.length).toBeLessThanOrEqual(1);
      const [claim] = claims.flatMap((doc) => (doc.claim ? [doc.claim] : []));
      if (open[0]) expect(claim).toMatchObject({ userId: open[0]._id });
      expect(handles.every((handle) => handle.userId === userId)).toBe(true);
      expect(outcomes).toHaveLength(4);
    }
  });

  it('overtaken on the number by somebody with a later code → phone_in_use, and only the other one is left', async () => {
    const other = plainApplicant(5, { phone: applicant.phone, numberKey: applicant.numberKey });
    await run(other);
    const { evidence: _, ...wanted } = await contents(store);
    expect(await run()).toEqual({ kind: 'refused', code: 'phone_in_use' });
    await sweep();
    const { evidence, ...left } = await contents(store);
    expect(left).toEqual(wanted);
    expect(evidence.map(({ code }) => code)).toContain('registration.refused');
  });

  it('an answer that was lost after a refusal → the same refusal again', async () => {
    await run(richApplicant(6));
    const second = richApplicant(7, { nickname: richApplicant(6).nickname });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await run(second)).toEqual({ kind: 'refused', code: 'nickname_in_use' });
    }
  });

  it('on a number that was given out again → registered, and its history says that somebody proved it', async () => {
    const reissued = event('number.reissued', 10);
    await reported(event('number.cancelled', 5), reissued);
    expect(await run()).toMatchObject({ kind: 'registered', wake: false });
    expect(await store.numbers.find(applicant.numberKey)).toMatchObject({
      phase: 'in-use',
      provenAt: [applicant.proof.provenAt],
    });
  });

  it('on a number that events call frozen → asks for a verdict, and makes no claim', async () => {
    const at = applicant.proof.provenAt - day;
    await reported(event('number.cancelled', 5, { at, receivedAt: at }));
    expect(await run()).toMatchObject({
      kind: 'asks-for-verdict',
      request: { status: 'pending', formerClaimId: null },
    });
    expect(await store.claims.find(applicant.numberKey)).toBeNull();
  });

  it('on a number whose freeze is over → registered', async () => {
    await reported(event('number.cancelled', 5));
    expect(await run()).toMatchObject({ kind: 'registered' });
  });

  it.each([
    ['number.cancelled', 'number_frozen'],
    ['number.reissued', 'code_invalid'],
  ] as const)('%s after the code was proven → %s, and nothing left', async (type, code) => {
    const at = applicant.proof.provenAt + 1;
    await reported(event(type, 5, { at, receivedAt: at }));
    expect(await run()).toEqual({ kind: 'refused', code });
    await sweep();
    const { numbers: _, evidence: __, ...left } = await contents(store);
    expect(Object.values(left).flat()).toEqual([]);
  });

  it('a code proven 15 minutes ago, and never gone on with → refused', async () => {
    const provenAt = now - 15 * 60_000;
    expect(await run({ ...applicant, proof: { issuedAt: provenAt, provenAt } })).toMatchObject({
      kind: 'refused',
      code: 'number_undecided',
    });
  });

  it('I2: cancelled while it is being registered → seen, and the number’s life is woken', async () => {
    const tools = registrationTools(store);
    const at = applicant.proof.provenAt + 1;
    const begin: Store['claims']['begin'] = async (numberKey, claim) => {
      const number = await store.numbers.find(numberKey);
      if (!number) throw new Error('no number');
      const cancelled = event('number.cancelled', 5, { at, receivedAt: at });
      await store.numbers.write([{ ...number, events: [cancelled], fromVersion: number.version }]);
      return store.claims.begin(numberKey, claim);
    };
    const meddled = { ...tools, store: { ...store, claims: { ...store.claims, begin } } };
    expect(await register(meddled, applicant)).toMatchObject({ kind: 'registered', wake: true });
    const number = await store.numbers.find(applicant.numberKey);
    expect(number?.attendBy).toBeGreaterThan(now);
    expect(number?.provenAt).toEqual([applicant.proof.provenAt]);
  });
});

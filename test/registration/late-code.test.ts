import { createUser } from '../../store/new-user.ts';
import { register } from '../../store/registration.ts';
import type { Store } from '../../store/store.ts';
import { event } from '../domain/number/events.ts';
import { claimedAt, day, empty, now, richUser, toolsOf } from '../import/new-users.ts';
import { openTestStore, testPasswords } from '../store/open-store.ts';
import { plainApplicant, registrationTools } from './applicants.ts';
import { createTown } from './town.ts';

let store: Store;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());
beforeEach(() => empty(store));

const applicant = plainApplicant(1);
const { registrationId, numberKey, phone, home, proof } = applicant;
const answeredAt = now + 600_000;

/** A number that somebody holds since 2024, proven by somebody else, whose carrier answers ten minutes later. */
async function takeOver(joinedAt: number) {
  const town = createTown(store, answeredAt);
  town.scripted.says({ line: { joined: { precision: 'second', at: joinedAt } }, match: 'no-match' });
  const former = { ...richUser('import-1:1', 1), nickname: null };
  const made = await createUser({ ...toolsOf(store), passwords: testPasswords }, former);
  if (!made.ok) throw new Error(made.code);
  expect(await register(registrationTools(store), applicant)).toMatchObject({ kind: 'asks-for-verdict' });
  return { outcome: await town.goOn(registrationId, answeredAt), holder: made.userId };
}

describe('I2: a code that was sent to a former holder', () => {
  it.each([
    ['number.reissued', 'code_invalid'],
    ['number.transferred', 'code_invalid'],
    ['number.cancelled', 'number_frozen'],
  ] as const)('%s between the code and its proof → %s, and nobody claims the number', async (type, code) => {
    const at = proof.issuedAt + 1;
    const events = [event(type, 5, { at, receivedAt: at })];
    await store.numbers.write([
      {
        numberKey,
        phone,
        ...home,
        events,
        provenAt: [],
        phase: 'unknown',
        freezeEndsAt: null,
        fromVersion: 0,
      },
    ]);
    expect(await register(registrationTools(store), applicant)).toEqual({ kind: 'refused', code });
    expect((await store.claims.find(numberKey))?.claim ?? null).toBeNull();
  });

  it.each([
    ['after the code was proven', proof.provenAt + 60_000],
    ['after the code was sent', proof.issuedAt + 1_000],
  ])(
    'the carrier shows a tenancy that began %s → code_invalid, and nobody is released',
    async (_, joinedAt) => {
      const { outcome, holder } = await takeOver(joinedAt);
      expect(outcome).toEqual({ status: 'refused', reason: 'code_invalid' });
      expect((await store.claims.find(numberKey))?.claim?.userId).toBe(holder);
    },
  );

  it.each([
    ['before the code was sent', claimedAt + 300 * day],
    ['later than it is now, by a clock that is fast', answeredAt + 60_000],
  ])('the carrier shows a tenancy that began %s → taken over', async (_, joinedAt) => {
    const { outcome } = await takeOver(joinedAt);
    expect(outcome).toMatchObject({ status: 'registered', formerHolderReleased: true });
  });
});

import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { loginByCode } from '../../api/logins/by-code.ts';
import { loginByPassword } from '../../api/logins/by-password.ts';
import { createLoginLimits } from '../../api/logins/login-limits.ts';
import { openSession } from '../../api/logins/open-session.ts';
import { createSessionCheck, USER_SESSION_HEADER } from '../../api/middleware/user-session.ts';
import { changePassword } from '../../api/passwords/change.ts';
import { resetByCode } from '../../api/passwords/reset-by-code.ts';
import { Problem } from '../../api/problem.ts';
import { asVerificationId } from '../../domain/ids.ts';
import type { Password } from '../../domain/password-policy.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { codeHashOf } from '../../platform/verification-code.ts';
import type { Store } from '../../store/store.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { event } from '../api/histories.ts';
import { makePerson, type Person } from '../api/people.ts';
import { testRegistry } from '../api/registry.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';
import { openTestStore, testHasher, testPasswords } from '../store/open-store.ts';
import { interleaver } from './interleavings.ts';

/*
 * What is promised (I2). A login, a reset or a change of password, and the release of the user's claim because the number
 * went to somebody else, come in whatever order their calls of the store can come in, from the report of it on. When
 * both have ended:
 *
 *  - No session is good that was opened by the phone, with a code or with the password: neither one from before the
 *    release, nor one whose login read the claim before it ended, nor any from after it.
 *  - No password is the user's that somebody set who had nothing but the phone's code, also where the gate was passed and
 *    the password was written before the release began: the number was somebody else's by then. The password is the
 *    one from before.
 *  - No session from before is good of a user who changed the password with the one before; and the password is the new
 *    one exactly if the change was answered so. That one stays: its author knew the password.
 *  - A login by nickname isn't held up: it succeeds, and its session is good exactly if the epoch that it read is the
 *    last one.
 *
 * The carrier is no help here: it says "current" all along, as one does whose books lag behind its reports, or that was
 * asked by another gate before.
 */

const registry = testRegistry();
const now = Date.now();
const hour = 3_600_000;
const newPassword = 'nine loud trumpets' as Password;
const messenger = { wakeNumbers: done, runImport: done, deliverNotice: done };
const correlator = 'test';
const by = 'request-1';
const address = '192.0.2.1';

async function done(): Promise<void> {}

// Hundreds of orders, each on a user of its own; a busy machine takes a minute for them.
jest.setTimeout(180_000);

let store: Store;
let close: () => Promise<void>;
let explore: ReturnType<typeof interleaver>['explore'];
const scripted = createScriptedCarriers(registry);
beforeAll(async () => {
  ({ store, close } = await openTestStore());
  ({ explore } = interleaver(store));
  scripted.says({ line: {} });
});
afterAll(() => close());

/** A user whose number goes to somebody else, and what came of its act. */
interface Case {
  readonly person: Person;
  readonly proof: Parameters<typeof loginByCode>[1];
  /** A session from before, by nickname. */
  readonly session: string;
  answer: 'done' | Problem['code'];
  /** The session that the act opened. */
  opened: string;
}

const sessionTools = { lifetime: 12 * hour, hasher: testHasher };

async function begin(purpose: 'login' | 'reset-password'): Promise<Case> {
  const person = await makePerson(store);
  const user = await store.users.find(person.userId);
  if (!user) throw new Error('no user');
  const admitted = { user, method: 'password', phoneIsCurrent: false } as const;
  const { sessionToken } = await openSession({ store, ...sessionTools }, admitted, now);

  const { numberKey, userId } = person;
  const verificationId = asVerificationId(`v-${userId}`);
  const code = '123456';
  const codeHash = codeHashOf(testHasher, { verificationId, code });
  await store.verifications.issue({
    ...{ verificationId, numberKey, purpose, codeHash, issuedAt: now, expiresAt: now + hour },
  });
  const phone = parsePhoneNumber(person.phone);
  if (!phone.ok) throw new Error('no phone');
  const proof = { phone: phone.value, verificationId, code, by, address, correlator, now };
  return { person, proof, session: sessionToken, answer: 'done', opened: '' };
}

/** Everything that the acts stand on. What is answered is noted in the case; only faults are thrown. */
function acts() {
  const limits = createLoginLimits({ store, failuresPerAddress: 1_000_000 });
  const { passByCode } = createVerdicts({
    ...{ store, registry, carriers: scripted.carriers, metrics: createMetrics('test'), now: () => now },
    wakeNumber: done,
  });
  const aside = { run: done, drain: async () => true };
  const tools = { store, hasher: testHasher, passwords: testPasswords, limits, aside, passByCode };
  const check = createSessionCheck({ store, hasher: testHasher, now: () => now });

  const noting = (act: (on: Case) => Promise<unknown>) => async (on: Case) => {
    try {
      await act(on);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      on.answer = error.code;
    }
  };
  const open = async (on: Case, admitted: Parameters<typeof openSession>[1]) => {
    on.opened = (await openSession({ store, ...sessionTools }, admitted, now)).sessionToken;
  };
  const byPassword = (on: Case, login: string) =>
    loginByPassword(tools, { login, password: on.person.password, address, now });

  return {
    'login by code': noting(async (on) => open(on, await loginByCode(tools, on.proof))),
    'login by phone and password': noting(async (on) => open(on, await byPassword(on, on.person.phone))),
    'login by nickname': noting(async (on) => open(on, await byPassword(on, on.person.nickname))),
    'reset by code': noting((on) => resetByCode(tools, { ...on.proof, newPassword })),
    'change of password': noting(async (on) => {
      const headers = { [USER_SESSION_HEADER]: on.session };
      const session = await check({ headers, userId: on.person.userId, needs: 'fresh' });
      const currentPassword = on.person.password;
      const change = { session, currentPassword, newPassword, address, cause: by, now };
      await changePassword(tools, change);
    }),
  };
}

/** How it becomes known that the number is somebody else's. The release follows, as the number's life does it. */
const reports = {
  /** The carrier reports a reissue an hour ago. */
  'a reported reissue': async ({ person: { numberKey } }: Case) => {
    const number = await store.numbers.find(numberKey);
    if (!number) throw new Error('no number');
    const events = [...number.events, event('number.reissued', now - hour)];
    await store.numbers.write([{ ...number, events, fromVersion: number.version }]);
  },
  /** Another gate was told so by the carrier. */
  'a carrier’s answer': async ({ person: { numberKey, claimId } }: Case) => {
    const since = (await store.claims.find(numberKey))?.claim?.stateSince ?? 0;
    await store.claims.noteRecycled({ numberKey, claimId, since, found: { at: now, verdictId: 'v' } });
  },
};

/** What the number's life does: it looks, and does what it finds. */
async function liveOn({ person: { numberKey } }: Case): Promise<void> {
  const life = createLifeActivities({ store, registry });
  const { releaseClaim } = createEffectActivities({ store, messenger });
  const report = await life.readLife({ numberKey, now });
  for (const duty of report?.duties ?? []) {
    if (duty.kind !== 'release-claim') throw new Error(`not expected here: ${duty.kind}`);
    await releaseClaim({ numberKey, duty, at: now, attendBy: null, correlator });
  }
}

const isGood = async ({ person: { userId } }: Case, token: string): Promise<boolean> => {
  const check = createSessionCheck({ store, hasher: testHasher, now: () => now });
  const request = { headers: { [USER_SESSION_HEADER]: token }, userId, needs: 'live' } as const;
  return check(request).then(
    () => true,
    () => false,
  );
};

/** What is there when both have ended. */
async function outcomeOf(on: Case) {
  const { person, answer, opened, session } = on;
  const [user, claims] = await Promise.all([
    store.users.find(person.userId),
    store.claims.find(person.numberKey),
  ]);
  const hash = user?.passwordHash ?? null;
  const isPassword = async (password: string) => hash !== null && testPasswords.verify(hash, password);
  return {
    answer,
    claim: claims?.claim ?? null,
    owed: claims?.owed ?? [],
    phone: user?.phone ?? null,
    openedIsGood: opened !== '' && (await isGood(on, opened)),
    formerIsGood: await isGood(on, session),
    password: (await isPassword(newPassword))
      ? 'new'
      : (await isPassword(person.password))
        ? 'former'
        : 'none',
  };
}

/** Explores all orders of an act and a release. Gives the outcomes that there are, each once. */
async function race(
  act: keyof ReturnType<typeof acts>,
  report: keyof typeof reports,
  check: (outcome: Awaited<ReturnType<typeof outcomeOf>>) => void,
) {
  const outcomes = new Map<string, Awaited<ReturnType<typeof outcomeOf>>>();
  const orders = await explore({
    begin: () => begin(act === 'reset by code' ? 'reset-password' : 'login'),
    actors: {
      act: acts()[act],
      release: async (on: Case) => {
        await reports[report](on);
        await liveOn(on);
      },
    },
    check: async (on) => {
      const outcome = await outcomeOf(on);
      outcomes.set(JSON.stringify(outcome), outcome);
      expect(outcome).toMatchObject({ claim: null, owed: [], phone: null, formerIsGood: false });
      check(outcome);
    },
  });
  // The act is over before the report, or begins after all is done, and something in between.
  expect(orders).toBeGreaterThan(2);
  return [...outcomes.values()];
}

const answersOf = (outcomes: readonly { answer: string }[]) =>
  [...new Set(outcomes.map(({ answer }) => answer))].sort();

describe.each(Object.keys(reports) as (keyof typeof reports)[])(
  'I2: a release by %s, in every order with',
  (report) => {
    it('a login by code → no session by the phone is good', async () => {
      const outcomes = await race('login by code', report, ({ openedIsGood, password }) => {
        expect({ openedIsGood, password }).toEqual({ openedIsGood: false, password: 'former' });
      });
      expect(answersOf(outcomes)).toEqual(expect.arrayContaining(['done', 'no_such_login']));
    });

    it('a login by phone and password → no session by the phone is good', async () => {
      const outcomes = await race('login by phone and password', report, ({ openedIsGood, password }) => {
        expect({ openedIsGood, password }).toEqual({ openedIsGood: false, password: 'former' });
      });
      expect(answersOf(outcomes)).toEqual(['bad_credentials', 'done']);
    });

    it('a login by nickname → succeeds, before and after', async () => {
      const outcomes = await race('login by nickname', report, ({ answer, password }) => {
        expect({ answer, password }).toEqual({ answer: 'done', password: 'former' });
      });
      expect(outcomes.map(({ openedIsGood }) => openedIsGood).sort()).toEqual([false, true]);
    });

    it('a reset by code → the password is the one from before', async () => {
      const outcomes = await race('reset by code', report, ({ password }) => {
        expect(password).toBe('former');
      });
      expect(answersOf(outcomes)).toEqual(expect.arrayContaining(['done', 'no_such_login']));
    });

    it('a change of password → no session from before is good, and the password is as was answered', async () => {
      const outcomes = await race('change of password', report, ({ answer, password }) => {
        expect(password).toBe(answer === 'done' ? 'new' : 'former');
      });
      expect(answersOf(outcomes)).toEqual(['done', 'session_required']);
    });
  },
);

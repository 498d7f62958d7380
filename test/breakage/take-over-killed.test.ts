import { resolve } from 'node:path';
import { asVerificationId } from '../../domain/ids.ts';
import { registrationIdOf } from '../../store/registration.ts';
import { stepsInHistories } from './histories.ts';
import { orphansIn, sweepLater } from './orphans.ts';
import { faultsOf } from './outcome.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';
import { diesAsPlanned, endDeaths, planDeaths, pointsReached } from './plan-deaths.ts';
import { type Code, createSite, type Site } from './site.ts';
import { type Story, stranger } from './stories.ts';
import { type Resident, settleTown } from './town.ts';

let own: OwnStack;
let site: Site;
beforeAll(async () => {
  own = await openOwnStack({ programs: { worker: resolve(import.meta.dirname, 'dying-worker.ts') } });
  site = createSite(own.now.stack.endpoints);
}, 120_000);
afterAll(() => own?.close(), 60_000);

const password = 'four quiet lanterns';

/** Nothing is reported: the new tenancy is found when the carrier is asked. */
const taken: Story = {
  name: 'taken over',
  changes: [],
  events: 0,
  keeps: false,
  effects: [['claim.released']],
};

/** Somebody whose number went to a stranger, and a code that the stranger got for it. */
interface TakeOver extends Resident {
  readonly proof: Code;
  readonly registrationId: string;
  /** A session that the former holder had. */
  readonly session: string;
  /** Words by which the work on it is known. */
  readonly marks: readonly string[];
}

/** Settles people, and gives their numbers to strangers without a word. */
async function settleTakeOvers(count: number, firstNumber: number): Promise<TakeOver[]> {
  const { caller } = own.now;
  const residents = await settleTown({ caller, stories: [taken], count, firstNumber });
  return Promise.all(
    residents.map(async (resident) => {
      const { phone, nickname: login, password: own } = resident;
      const { body } = await site.call({ path: '/v1/sessions', body: { login, password: own } });
      if (body.sessionToken === undefined) throw new Error(`no session: ${body.code}`);
      await caller.change(phone, 'reissue', { silent: true, identity: stranger });
      const proof = await site.codeFor(phone, 'register');
      const registrationId = registrationIdOf(asVerificationId(proof.verificationId));
      const marks = [registrationId, resident.claimId, resident.numberKey];
      return { ...resident, proof, registrationId, session: body.sessionToken, marks };
    }),
  );
}

/** The stranger registers. */
const register = ({ phone, proof }: TakeOver) =>
  site.call({ path: '/v1/registrations', body: { phone, ...proof, password } });

/** What is not as it must be after a take-over, whatever happened in its course. */
async function faultsAfter(takeOvers: readonly TakeOver[]): Promise<string[]> {
  const { caller, inside } = own.now;
  const newHolders = new Map<string, string>();
  const faults = await Promise.all(
    takeOvers.map(async ({ story, phone, nickname, email, emailVerified, password: theirs, ...rest }) => {
      const { registrationId, session, userId } = rest;
      const { body } = await site.outcomeOf(registrationId, 1_000);
      newHolders.set(phone, body.userId ?? 'nobody');
      const login = (name: string, word: string) =>
        site.call({ path: '/v1/sessions', body: { login: name, password: word } });
      const compared: [what: string, is: unknown, shouldBe: unknown][] = [
        [
          'registration',
          { ...body, userId: '' },
          { registrationId, status: 'registered', userId: '', formerHolderReleased: true },
        ],
        ['session', (await site.call({ path: `/v1/users/${userId}/sessions`, session })).status, 401],
        ['login by nickname', (await login(nickname, theirs)).body.userId, userId],
        ['login by e-mail', (await login(email, theirs)).body.userId, emailVerified ? userId : undefined],
        ['login by phone', (await login(phone, theirs)).status, 401],
        ['login of the new holder', (await login(phone, password)).body.userId, body.userId],
        [
          'money of the new holder',
          (await caller.user(`${body.userId}`)).accounts.map(({ balanceFen }) => balanceFen).filter(Boolean),
          [],
        ],
      ];
      return compared
        .map(([what, is, shouldBe]) => [what, JSON.stringify(is), JSON.stringify(shouldBe)])
        .filter(([, is, shouldBe]) => is !== shouldBe)
        .map(([what, is, shouldBe]) => `${story.name}: ${what} is ${is}, not ${shouldBe}`);
    }),
  );
  return [...faults.flat(), ...(await faultsOf({ caller, inside, residents: takeOvers, newHolders }))];
}

describe('a take-over', () => {
  /** All points that one undisturbed comes to. */
  let points: string[];

  it('undisturbed → comes to every step that its workflows’ histories tell of, and leaves nothing behind', async () => {
    const { inside, caller } = own.now;
    const takeOvers = await settleTakeOvers(1, 68_000_000);
    const since = new Date();
    planDeaths(own, []);
    const answers = await Promise.all(takeOvers.map(register));
    await inside.everythingDone({ caller, residents: takeOvers, withinMs: 30_000 });
    expect(answers.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
    points = pointsReached(
      own,
      takeOvers.flatMap(({ marks }) => marks),
    );
    endDeaths(own);

    const steps = await stepsInHistories(inside, since);
    expect(steps).toContain('registerOnVerdict/registerUser');
    expect(new Set(points.map((point) => /^\w+ (\w+\/\w+) \d+$/.exec(point)?.[1]).filter(Boolean))).toEqual(
      new Set(steps),
    );
    expect(points.length).toBeGreaterThan(4 * steps.length);
    expect(await faultsAfter(takeOvers)).toEqual([]);
  }, 60_000);

  it('I1, I3, I8: the worker killed (kill -9) at each of these points → as if nothing had been', async () => {
    const { stack, inside, caller } = own.now;
    // Only those with a verified e-mail are told by mail: they come to all points. The others are killed wherever they are.
    const settled = await settleTakeOvers(Math.ceil((points.length * 5) / 4), 68_100_000);
    const left = [...points];
    const takeOvers = settled.map((each) => {
      const point = (each.emailVerified && left.shift()) || 'anywhere';
      return { ...each, story: { ...taken, name: point } };
    });
    expect(left).toEqual([]);
    planDeaths(
      own,
      takeOvers
        .map(({ marks, story: { name: point } }) => ({ marks, point }))
        .filter(({ point }) => point !== 'anywhere'),
    );
    const answers = await Promise.all(takeOvers.map(register));
    await diesAsPlanned(own, 'worker', 30_000);
    endDeaths(own);
    await stack.restart('worker');

    expect(answers.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
    await inside.everythingDone({ caller, residents: takeOvers, withinMs: 120_000 });
    expect(await faultsAfter(takeOvers)).toEqual([]);
    await sweepLater(own);
    expect(await orphansIn(inside)).toEqual([]);
  }, 240_000);
});

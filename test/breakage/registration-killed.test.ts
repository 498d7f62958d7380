import { resolve } from 'node:path';
import { asVerificationId } from '../../domain/ids.ts';
import { registrationIdOf } from '../../store/registration.ts';
import { orphansIn, sweepLater } from './orphans.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';
import { createPeople, type Person } from './people.ts';
import { diesAsPlanned, endDeaths, planDeaths, pointsReached } from './plan-deaths.ts';
import { type Answer, type Code, createSite, type Site } from './site.ts';
import { joinedAt, type Story } from './stories.ts';
import { settleTown } from './town.ts';

let own: OwnStack;
let site: Site;
beforeAll(async () => {
  own = await openOwnStack({ programs: { api: resolve(import.meta.dirname, 'dying-api.ts') } });
  site = createSite(own.now.stack.endpoints);
}, 120_000);
afterAll(() => own?.close(), 60_000);
beforeEach(() => own.mend(), 60_000);

/** Somebody with a code for a number, free or somebody else's by now. */
interface Applicant extends Person {
  /** Whose login phone it is. */
  readonly former: string | null;
  readonly proof: Code;
  readonly registrationId: string;
  /** Names the request, in its key and its correlator. */
  readonly request: string;
  /** Where the API dies on it. */
  readonly point: string;
}

const silent: Story = { name: 'taken over', changes: [], events: 0, keeps: false, effects: [] };
let requests = 0;

/** Makes an applicant for each point, for numbers that are free, or that went from users to the applicants. */
async function applicantsFor(
  points: readonly string[],
  { occupied, firstNumber }: { occupied: boolean; firstNumber: number },
): Promise<Applicant[]> {
  const { caller } = own.now;
  const count = points.length;
  const people = createPeople({ count, firstNumber });
  const holders = occupied ? await settleTown({ caller, stories: [silent], count, firstNumber }) : [];
  return Promise.all(
    people.map(async (person, index) => {
      const { phone, name, idNumber } = person;
      const identity = { name: `${name}子`, idNumber };
      if (occupied) await caller.change(phone, 'reissue', { silent: true, identity });
      else await caller.putLine({ ...person, ...identity }, joinedAt);
      const proof = await site.codeFor(phone, 'register');
      requests += 1;
      return {
        ...person,
        ...identity,
        former: holders[index]?.userId ?? null,
        proof,
        registrationId: registrationIdOf(asVerificationId(proof.verificationId)),
        request: `request-${requests}-of-somebody`,
        point: points[index] ?? '',
      };
    }),
  );
}

const register = ({ phone, name, idNumber, nickname, email, password, proof, request }: Applicant) =>
  site.call({
    path: '/v1/registrations',
    body: { phone, ...proof, password, nickname, email, identity: { name, idNumber } },
    key: request,
    correlator: request,
  });

/** What the applicants' own processes may be told: nothing, where theirs died. */
const answerOf = (applicant: Applicant): Promise<Answer | null> => register(applicant).catch(() => null);

/** All that the worker has to do is done. A carrier that was too slow on a busy machine is asked again after a minute. */
const settled = () =>
  own.now.inside.everythingDone({ caller: own.now.caller, residents: [], withinMs: 150_000 });

/** The API dies with each applicant at its point, and is started again. */
async function killAt(applicants: readonly Applicant[]): Promise<void> {
  planDeaths(
    own,
    applicants.map(({ request, point }) => ({ marks: [request], point })),
  );
  const answers = Promise.all(applicants.map(answerOf));
  await diesAsPlanned(own, 'api', 60_000);
  endDeaths(own);
  await answers;
  await own.now.stack.restart('api');
}

/** What doesn't agree with what somebody was told, or with what else stands there. */
async function faultsOf(applicant: Applicant, ended: 'registered' | 'nothing'): Promise<string[]> {
  const { caller, inside } = own.now;
  const { phone, nickname, password, registrationId, former, point } = applicant;
  const [registration, number, byPhone, byName] = await Promise.all([
    site.call({ path: `/v1/registrations/${registrationId}` }),
    caller.lookUp(phone).catch(() => null),
    site.call({ path: '/v1/sessions', body: { login: phone, password } }),
    site.call({ path: '/v1/sessions', body: { login: nickname, password } }),
  ]);
  const holder = number?.claim?.userId ?? null;
  const userId = ended === 'registered' ? registration.body.userId : undefined;
  const isFormers = ended === 'nothing' && former !== null;
  const epoch = former === null ? 0 : (await inside.epochs([former])).get(former);
  const compared: [what: string, is: unknown, shouldBe: unknown][] = [
    ['status', registration.body.status, ended === 'registered' ? 'registered' : registration.body.status],
    ['holder', holder, ended === 'registered' ? userId : former],
    [
      'released',
      registration.body.formerHolderReleased,
      ended === 'registered' ? former !== null : undefined,
    ],
    ['login by phone', byPhone.body.userId, isFormers ? undefined : userId],
    ['login by nickname', byName.body.userId, userId],
    ['epoch of the former user', epoch, ended === 'registered' && former !== null ? 1 : 0],
  ];
  return compared
    .filter(([, is, shouldBe]) => is !== shouldBe)
    .map(
      ([what, is, shouldBe]) =>
        `${former ? 'occupied' : 'free'}, ${point}: ${what} is ${is}, not ${shouldBe}`,
    );
}

/** What is wrong with all of it together. */
async function leftBehind(): Promise<string[]> {
  await sweepLater(own);
  const { inside } = own.now;
  return [
    ...(await inside.disagreements()),
    ...(await orphansIn(inside)),
    ...(await inside.failedWorkflows()),
  ];
}

describe('a registration', () => {
  /** All points that one undisturbed comes to, on a free number and on another's. */
  const points = { free: [''], occupied: [''] };

  it('undisturbed → registered; the points that it comes to are known from here on', async () => {
    for (const kind of ['free', 'occupied'] as const) {
      const firstNumber = kind === 'free' ? 71_000_000 : 72_000_000;
      const [applicant] = await applicantsFor(['undisturbed'], {
        occupied: kind === 'occupied',
        firstNumber,
      });
      if (!applicant) throw new Error('nobody is there');
      planDeaths(own, []);
      const { status } = await register(applicant);
      expect([201, 202]).toContain(status);
      await settled();
      points[kind] = pointsReached(own, [applicant.request]);
      endDeaths(own);
      expect(await faultsOf(applicant, 'registered')).toEqual([]);
    }
    expect(points.free).toContain('after claims.insertMany 1');
    expect(points.occupied).toContain('before phoneRequests.insertMany 1');
    expect(await leftBehind()).toEqual([]);
  }, 60_000);

  it('I1, I8: the API killed (kill -9) at each of these points, the same request again → registered, once', async () => {
    const applicants = [
      ...(await applicantsFor(points.free, { occupied: false, firstNumber: 71_100_000 })),
      ...(await applicantsFor(points.occupied, { occupied: true, firstNumber: 72_100_000 })),
    ];
    await killAt(applicants);

    const atOnce = await Promise.all(applicants.map(register));
    const running = atOnce.filter(({ body }) => body.code === 'request_in_progress');
    expect(running.length).toBeGreaterThan(0);
    expect(atOnce.filter(({ status, body }) => status > 202 && body.code !== 'request_in_progress')).toEqual(
      [],
    );
    // Half a minute later nobody believes any more that they run.
    const kept = own.now.inside.db.collection('idempotency');
    await kept.updateMany({ answer: null }, { $set: { runsUntil: 0 } });
    const again = await Promise.all(applicants.map(register));
    expect(again.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
    await settled();
    expect((await Promise.all(applicants.map((each) => faultsOf(each, 'registered')))).flat()).toEqual([]);
    expect(await leftBehind()).toEqual([]);
  }, 240_000);

  it('I1, I8: the API killed at each of these points, and nobody asks again → registered, or nothing is left', async () => {
    const applicants = [
      ...(await applicantsFor(points.free, { occupied: false, firstNumber: 71_200_000 })),
      ...(await applicantsFor(points.occupied, { occupied: true, firstNumber: 72_200_000 })),
    ];
    await killAt(applicants);

    // A minute later the sweep sees to what was written down and never begun.
    const { inside } = own.now;
    await inside.db.collection('phoneRequests').updateMany({ status: 'pending' }, { $set: { startedAt: 0 } });
    await settled();
    expect(await leftBehind()).toEqual([]);
    await settled();
    const ends = await Promise.all(
      applicants.map(async (applicant) => {
        const { body } = await site.call({ path: `/v1/registrations/${applicant.registrationId}` });
        const ended = body.status === 'registered' ? 'registered' : 'nothing';
        return { applicant, ended, faults: await faultsOf(applicant, ended) } as const;
      }),
    );
    expect(ends.flatMap(({ faults }) => faults)).toEqual([]);
    for (const occupied of [false, true]) {
      const seen = ends.filter(({ applicant }) => (applicant.former !== null) === occupied);
      expect(new Set(seen.map(({ ended }) => ended))).toEqual(new Set(['registered', 'nothing']));
    }
  }, 240_000);
});

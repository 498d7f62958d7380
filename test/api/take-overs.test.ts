import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createLostRequestActivities } from '../../activities/registration/lost-requests.ts';
import { createRouting } from '../../carriers/routing.ts';
import { asVerificationId } from '../../domain/ids.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { register as registerAtStore, registrationIdOf } from '../../store/registration.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { createMessenger } from '../../worker/messenger.ts';
import { createWorkers } from '../../worker/workers.ts';
import type { CarrierSays } from '../carriers/scripted.ts';
import { plainApplicant, registrationTools } from '../registration/applicants.ts';
import { testHasher, testPasswords, testRing } from '../store/open-store.ts';
import { openApi, type TestApi } from './api.ts';
import { event } from './histories.ts';
import { makePerson } from './people.ts';
import { expectProblem } from './problems.ts';
import { issueCode, password, readRegistration } from './registering.ts';
import { testRegistry } from './registry.ts';

/** Registrations on numbers that other users hold, from the call to their ends, with a real Temporal server and worker. */
let api: TestApi;
let messenger: ReturnType<typeof createMessenger>;
let token: string;
let stopWorking: () => Promise<void>;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  api = await openApi({ temporal: true });
  token = await api.token({
    scope: 'registrations:write users:read sessions:write numbers:read',
    expiresIn: 24 * 3_600,
  });
  if (!api.temporal) throw new Error('no Temporal server');
  const connection = await NativeConnection.connect({ address: api.temporal.server.address });
  const registry = testRegistry();
  const { store } = api;
  const { carriers } = api.scripted;
  const metrics = createMetrics('take-over-tests');
  messenger = createMessenger(api.temporal.client.client);
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    dataConverter: createDataConverter(testRing('p1')),
    workflowBundle: await bundleWorkflows(),
    metrics,
    shutdownGrace: 1_000,
    dependencies: {
      handlesKept: 90 * 86_400_000,
      store,
      registry,
      routing: createRouting(registry),
      carriers,
      hasher: testHasher,
      passwords: testPasswords,
      messenger,
      mail: { send: async () => undefined },
      judge: createVerdicts({
        store,
        carriers,
        registry,
        metrics,
        now: Date.now,
        wakeNumber: ({ numberKey, correlator }) =>
          messenger.wakeNumbers({ numberKeys: [numberKey], correlator }),
      }),
    },
  });
  const running = workers.map((worker) => worker.run());
  stopWorking = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
  // The first workflow of a worker takes a second more than any other.
  api.carrierSays({ line: 'not-found' });
  await register(await wantedFrom(await makePerson(store)));
}, 120_000);
afterAll(async () => {
  api?.scripted.close();
  await stopWorking?.();
  await api?.close();
});
beforeEach(() => api.scripted.reset());

const register = (body: object, headers: Record<string, string> = {}) =>
  api.call('/v1/registrations', { token, body: { password, ...body }, headers });
const stateOf = (registrationId: string, query = '') =>
  api.call(`/v1/registrations/${registrationId}${query}`, { token });
const wantedFrom = async ({ phone }: { phone: string }) => ({
  phone,
  ...(await issueCode(api.store, phone)),
});

const recycled: CarrierSays = {
  line: { joined: { precision: 'second', at: Date.parse('2025-03-01T00:00:00Z') } },
};
const current: CarrierSays = { line: {} };

describe('registering a number that is somebody’s login phone', () => {
  it('recycled → 201 within two seconds; the former user keeps its money and logs in by nickname', async () => {
    const former = await makePerson(api.store, { balance: 12_345 });
    api.carrierSays(recycled);
    const startedAt = Date.now();
    const answered = await register(await wantedFrom(former));
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(answered.status).toBe(201);
    const { registrationId, userId } = readRegistration(answered);
    expect(answered.body).toEqual({
      registrationId,
      status: 'registered',
      userId,
      formerHolderReleased: true,
    });
    expect((await stateOf(registrationId)).body).toEqual(answered.body);

    const login = (name: string, word: string) =>
      api.call('/v1/sessions', { token, body: { login: name, password: word } });
    expect((await login(former.nickname, former.password)).body).toMatchObject({ userId: former.userId });
    expect((await login(former.phone, password)).body).toMatchObject({ userId });
    expectProblem(await login(former.phone, former.password), 'bad_credentials');
    expect((await api.call(`/v1/users/${former.userId}`, { token })).body).toMatchObject({
      status: 'open',
      phone: null,
      accounts: [{ kind: 'balance', balanceFen: 12_345 }],
    });
    expect((await api.call(`/v1/users/${userId}`, { token })).body).toMatchObject({
      nickname: null,
      accounts: [{ kind: 'balance', balanceFen: 0 }],
    });
    const numbers = await api.token({ scope: 'numbers:read', roles: ['support'] });
    const timeline = await api.call(`/v1/numbers/${former.numberKey}/timeline`, { token: numbers });
    expect(timeline.text).not.toContain(former.phone.slice(4));
    for (const code of ['verdict.recycled', 'registration.allowed', 'claim.released', 'claim.created']) {
      expect(timeline.text).toContain(code);
    }
  });

  it.each<[what: string, says: CarrierSays, code: 'phone_in_use' | 'number_undecided' | 'number_frozen']>([
    ['current', current, 'phone_in_use'],
    ['cancelled, by its carrier', { line: { status: 'frozen', joined: null } }, 'number_frozen'],
    ['unknown to its carrier', { line: 'not-found' }, 'number_undecided'],
    ['of which its carrier talks nonsense', { line: 'answer-malformed' }, 'number_undecided'],
  ])('%s → 409 at once, and nothing changed', async (_, says, code) => {
    const holder = await makePerson(api.store);
    api.carrierSays(says);
    const body = await wantedFrom(holder);
    expectProblem(await register(body), code);
    const registrationId = registrationIdOf(asVerificationId(body.verificationId));
    expect((await stateOf(registrationId)).body).toEqual({ registrationId, status: 'refused', reason: code });
    expect(await api.store.users.find(holder.userId)).toMatchObject({
      epoch: 0,
      phone: { claimId: holder.claimId },
    });
    expectProblem(await register(body), 'code_invalid');
  });

  it('cancelled, by its events → 409 number_frozen; given out again since, by its carrier → 201', async () => {
    const at = Date.now() - 86_400_000;
    for (const [says, status] of [
      [{ line: { status: 'frozen', joined: null } }, 409],
      [{ line: { joined: { precision: 'second', at: at + 3_600_000 } } }, 201],
    ] as const) {
      const { phone, numberKey } = await makePerson(api.store);
      const event = {
        specversion: '1.0',
        id: randomUUID(),
        source: '/carriers/sichuan/mobile-5g',
        type: 'number.cancelled',
        time: new Date(at).toISOString(),
        data: { phone, lineId: 'L-1' },
      };
      expect((await api.report({ body: event })).status).toBe(202);
      while ((await api.store.claims.find(numberKey))?.claim?.state !== 'suspended') await setTimeout(20);
      api.carrierSays(says);
      const answered = await register(await wantedFrom({ phone }));
      expect(answered.status).toBe(status);
      if (status === 409) expectProblem(answered, 'number_frozen');
      else expect(answered.body).toMatchObject({ formerHolderReleased: true });
    }
  });

  it('given out again by its events, while its life has not looked yet → taken over, and the tenancy is remembered', async () => {
    const { phone, numberKey } = await makePerson(api.store);
    const at = Date.now() - 3_600_000;
    // Nobody is woken by a history that is only written: what the life would do is left to the registration.
    await api.store.numbers.model.updateOne(
      { _id: numberKey as string },
      { $push: { events: event('number.reissued', at) }, $inc: { version: 1 } },
    );
    api.carrierSays({ line: { joined: { precision: 'second', at } } });
    const answered = await register(await wantedFrom({ phone }));
    expect(answered.body).toMatchObject({ status: 'registered', formerHolderReleased: true });
    await api.drained();
    expect((await api.store.claims.find(numberKey))?.claim?.tenancy).toMatchObject({
      joined: { precision: 'second', at },
    });
  });

  it('whose carrier is away → 202 within two seconds, pending, and registered when it is back', async () => {
    const former = await makePerson(api.store);
    api.carrierSays({ ...recycled, all: 'connection-failed' });
    const startedAt = Date.now();
    const answered = await register(await wantedFrom(former));
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(answered.status).toBe(202);
    const { registrationId } = readRegistration(answered);
    expect(answered.body).toEqual({ registrationId, status: 'pending' });
    expect(answered.headers.get('location')).toBe(`/v1/registrations/${registrationId}`);
    expect((await stateOf(registrationId)).body).toEqual({ registrationId, status: 'pending' });
    api.carrierSays(recycled);
    const waited = await stateOf(registrationId, '?wait=20');
    expect(waited.body).toMatchObject({ status: 'registered', formerHolderReleased: true });
  });

  it('whose caller leaves → finished all the same', async () => {
    const former = await makePerson(api.store);
    api.carrierSays({ ...recycled, all: 'connection-failed' });
    const body = await wantedFrom(former);
    const registrationId = registrationIdOf(asVerificationId(body.verificationId));
    const text = JSON.stringify({ password, ...body });
    const leaving = request(new URL('/v1/registrations', api.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    });
    leaving.on('error', () => undefined);
    leaving.end(text);
    while ((await api.store.phoneRequests.find(registrationId)) === null) await setTimeout(5);
    leaving.destroy();
    api.carrierSays(recycled);
    const waited = await stateOf(registrationId, '?wait=20');
    expect(waited.body).toMatchObject({ status: 'registered', formerHolderReleased: true });
  });

  it.each([2, 50])('I1: by %i at one instant → exactly one takes it over', async (many) => {
    const former = await makePerson(api.store);
    api.carrierSays(recycled);
    const bodies = await Promise.all(Array.from({ length: many }, () => wantedFrom(former)));
    const answers = await Promise.all(bodies.map((body) => register(body)));
    // Who came when another one's claim was made already is refused at once, and leaves nothing to be asked for.
    const pending = answers.filter(({ status }) => status === 201 || status === 202);
    const refused = answers.filter((answer) => !pending.includes(answer));
    for (const answer of refused) expectProblem(answer, 'phone_in_use');
    const ends = await Promise.all(
      pending.map(async (answer) =>
        readRegistration(await stateOf(readRegistration(answer).registrationId, '?wait=20')),
      ),
    );
    expect(ends.filter(({ status }) => status === 'registered')).toHaveLength(1);
    expect(ends.filter(({ reason }) => reason === 'phone_in_use')).toHaveLength(pending.length - 1);
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
    expect((await api.store.claims.find(former.numberKey))?.released).toHaveLength(1);
  });

  it('with an identity that its carrier is slow to confirm → 201 within two seconds all the same', async () => {
    const former = await makePerson(api.store);
    api.carrierSays({ ...recycled, match: 'silent' });
    const identity = { name: '李雷', idNumber: '11010519491231002X' };
    const startedAt = Date.now();
    const answered = await register({ ...(await wantedFrom(former)), identity });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(answered.status).toBe(201);
    expect(answered.body).toMatchObject({ formerHolderReleased: true });
    api.scripted.close();
  });

  it('repeated under its Idempotency-Key → the same answer, and one user', async () => {
    const former = await makePerson(api.store);
    api.carrierSays(recycled);
    const body = await wantedFrom(former);
    const headers = { 'idempotency-key': randomUUID() };
    const first = await register(body, headers);
    expect(first.status).toBe(201);
    expect((await register(body, headers)).text).toBe(first.text);
  });

  it('whose workflow was never started → the sweep starts it, and it comes to its end', async () => {
    const former = await makePerson(api.store);
    api.carrierSays(recycled);
    const { registrationId } = await requestOf(former);
    const { resumePhoneRequests } = createLostRequestActivities({ store: api.store, messenger });
    expect(await resumePhoneRequests({ now: Date.now() + 50_000 })).toBe(0);
    expect(await resumePhoneRequests({ now: Date.now() + 61_000 })).toBe(1);
    expect((await stateOf(registrationId, '?wait=20')).body).toMatchObject({
      status: 'registered',
      formerHolderReleased: true,
    });
    expect(await resumePhoneRequests({ now: Date.now() + 61_000 })).toBe(0);
  });

  it('found by the sweep when its time is over → refused, and nothing left of it', async () => {
    const former = await makePerson(api.store);
    api.carrierSays(recycled);
    const { registrationId, userId } = await requestOf(former);
    const provenAt = Date.now() - 16 * 60_000;
    await api.store.phoneRequests.model.updateOne({ _id: registrationId }, { $set: { provenAt } });
    const { resumePhoneRequests } = createLostRequestActivities({ store: api.store, messenger });
    await resumePhoneRequests({ now: Date.now() + 61_000 });
    expect((await stateOf(registrationId, '?wait=20')).body).toEqual({
      registrationId,
      status: 'refused',
      reason: 'number_undecided',
    });
    expect((await api.store.users.find(userId))?.status).toBe('abandoned');
    expect(await api.store.accounts.ofUser(userId)).toEqual([]);
    expect((await api.store.claims.find(former.numberKey))?.claim).toMatchObject({ userId: former.userId });
  });
});

/** A request as an API leaves it that dies right after writing it down. */
async function requestOf({ phone }: { phone: string }) {
  const parsed = parsePhoneNumber(phone);
  if (!parsed.ok) throw new Error(parsed.detail);
  const now = Date.now();
  const applicant = plainApplicant(0, {
    registrationId: registrationIdOf(asVerificationId(randomUUID())),
    phone: parsed.value,
    numberKey: testHasher.numberKeyOf(parsed.value),
    proof: { issuedAt: now - 60_000, provenAt: now },
  });
  const came = await registerAtStore({ ...registrationTools(api.store), now: () => now }, applicant);
  if (came.kind !== 'asks-for-verdict') throw new Error('was to need a verdict');
  const { registrationId } = applicant;
  return { registrationId, userId: came.request.userId };
}

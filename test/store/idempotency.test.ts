import { attemptRunsFor, type Idempotency } from '../../store/idempotency.ts';
import { openTestStore } from './open-store.ts';

let close: () => Promise<void>;
let idempotency: Idempotency;

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-24T08:00:00Z');
const answer = { status: 201, headers: { location: '/v1/things/1' }, body: '{"secretWord":"plain"}' };

beforeAll(async () => {
  const opened = await openTestStore();
  close = opened.close;
  idempotency = opened.store.idempotency;
});
afterAll(() => close());

async function emptyIdempotency() {
  await idempotency.model.deleteMany({});
  return idempotency;
}

/** A key whose attempt is running since `now`. */
async function running() {
  const idempotency = await emptyIdempotency();
  const begun = await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now });
  if (begun.kind !== 'begun') throw new Error('it did not begin');
  return { idempotency, attempt: begun.attempt };
}

/** A key that was answered. */
async function answered() {
  const { idempotency, attempt } = await running();
  await idempotency.complete({ keyRef: 'k', attempt, fingerprint: 'f', answer });
  return { idempotency, attempt };
}

describe('idempotency', () => {
  it('fifty callers with one key at once → one begins', async () => {
    const idempotency = await emptyIdempotency();
    const begun = await Promise.all(
      Array.from({ length: 50 }, () => idempotency.begin({ keyRef: 'k', fingerprint: 'f', now })),
    );
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(begun.filter(({ kind }) => kind === 'running')).toHaveLength(49);
  });

  it('the first is still running → running, and another question → reused', async () => {
    const { idempotency } = await running();
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + 1 })).toEqual({
      kind: 'running',
    });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'other', now: now + 1 })).toEqual({
      kind: 'reused',
    });
  });

  it('the first was answered → the same answer within the day, and another question → reused', async () => {
    const { idempotency } = await answered();
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + day - 1 })).toEqual({
      kind: 'answered',
      answer,
      fingerprint: 'f',
    });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'other', now })).toEqual({ kind: 'reused' });
  });

  it('a day later → the key is fresh', async () => {
    const { idempotency } = await answered();
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'other', now: now + day })).toMatchObject({
      kind: 'begun',
    });
  });

  it('an attempt that was freed → the next begins at once', async () => {
    const { idempotency, attempt } = await running();
    await idempotency.free({ keyRef: 'k', attempt });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now })).toMatchObject({ kind: 'begun' });
  });

  it('an attempt that crashed → taken over after its time, by one, and its late answer is not kept', async () => {
    const { idempotency, attempt } = await running();
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + attemptRunsFor - 1 })).toEqual(
      { kind: 'running' },
    );
    const next = await Promise.all(
      Array.from({ length: 10 }, () =>
        idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + attemptRunsFor }),
      ),
    );
    expect(next.filter(({ kind }) => kind === 'begun')).toHaveLength(1);

    await idempotency.complete({ keyRef: 'k', attempt, fingerprint: 'f', answer });
    await idempotency.free({ keyRef: 'k', attempt });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + attemptRunsFor + 1 })).toEqual(
      { kind: 'running' },
    );
  });

  it('an attempt that reports → is not taken over', async () => {
    const { idempotency, attempt } = await running();
    await idempotency.extend({ keyRef: 'k', attempt, now: now + 20_000 });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: 'f', now: now + attemptRunsFor })).toEqual({
      kind: 'running',
    });
  });

  it('a stream, whose content is not known when it begins → compared by the caller', async () => {
    const idempotency = await emptyIdempotency();
    const begun = await idempotency.begin({ keyRef: 'k', fingerprint: null, now });
    if (begun.kind !== 'begun') throw new Error('it did not begin');
    await idempotency.complete({ keyRef: 'k', attempt: begun.attempt, fingerprint: 'read', answer });
    expect(await idempotency.begin({ keyRef: 'k', fingerprint: null, now })).toEqual({
      kind: 'answered',
      answer,
      fingerprint: 'read',
    });
  });

  it('the answer → sealed at rest', async () => {
    const { idempotency } = await answered();
    expect(JSON.stringify(await idempotency.model.find().lean())).not.toContain('secretWord');
  });

  it('the sweep → removes what is past its day and nothing else', async () => {
    const { idempotency } = await answered();
    await idempotency.begin({ keyRef: 'young', fingerprint: 'f', now: now + 1 });
    expect(await idempotency.deleteOlderThan(now)).toBe(0);
    expect(await idempotency.deleteOlderThan(now + 1)).toBe(1);
    expect(await idempotency.model.find().lean()).toMatchObject([{ _id: 'young' }]);
  });
});

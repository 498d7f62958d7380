import { asClaimId, asUserId } from '../../domain/ids.ts';
import { SmsError } from '../../ports/sms.ts';
import { openApi, type TestApi } from './api.ts';
import { claim, writeHistory } from './histories.ts';

const free = '+8613800138301';
const occupied = '+8613800138302';
const known = '+8613800138303';
const correlator = 'code-test';

let api: TestApi;
let token: string;

beforeEach(async () => {
  api = await openApi();
  token = await api.token({ scope: 'codes:write' });
});
afterEach(() => api.close());

const ask = (phone: string) =>
  api.call('/v1/verification-codes', {
    token,
    body: { phone, purpose: 'register' },
    headers: { 'x-correlator': correlator },
  });

/** An answer without what is different at each call: ids and times. */
function formOf({ status, headers, text }: Awaited<ReturnType<typeof ask>>) {
  const shown = text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '<time>');
  return { status, shown, headers: [...headers].filter(([name]) => name !== 'date') };
}

const fails = (kind: 'permanent' | 'transient') => async (): Promise<void> => {
  throw new SmsError(kind, 'the provider did not take it');
};

const outcomes = async () =>
  (await api.metrics.smsMessages.get()).values.map(({ labels, value }) => [labels.outcome, value]);

describe('POST /v1/verification-codes, whoever has the number', () => {
  beforeEach(async () => {
    const numberKey = await writeHistory(api.store, occupied, []);
    await writeHistory(api.store, known, []);
    const claimed = { ...claim(Date.now()), claimId: asClaimId('c1'), userId: asUserId('u1') };
    await api.store.claims.claim(numberKey, claimed);
  });

  it('free, occupied, known to us or not → the same answer', async () => {
    const answers = [formOf(await ask(free)), formOf(await ask(occupied)), formOf(await ask(known))];
    expect(answers[0]).toMatchObject({
      status: 202,
      shown: '{"verificationId":"<id>","expiresAt":"<time>"}',
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('free, occupied, known to us or not → the same trips to the store, none to what is known of numbers', async () => {
    const trips: string[] = [];
    api.store.users.model.db.set('debug', (collection: string, method: string) => {
      trips.push(`${collection}.${method}`);
    });
    const tripsOf = async (phone: string) => {
      trips.length = 0;
      await ask(phone);
      return [...trips];
    };
    const [forFree, forOccupied, forKnown] = [
      await tripsOf(free),
      await tripsOf(occupied),
      await tripsOf(known),
    ];
    api.store.users.model.db.set('debug', false);

    expect(forFree.at(-1)).toBe('verifications.insertOne');
    expect(new Set(forFree.slice(0, -1))).toEqual(new Set(['limits.findOneAndUpdate']));
    expect(forOccupied).toEqual(forFree);
    expect(forKnown).toEqual(forFree);
  });
});

describe('POST /v1/verification-codes, when the provider', () => {
  it('is down, refuses, or fails in another way → the same answer as when it takes the message', async () => {
    const good = formOf(await ask(free));
    for (const answer of [
      fails('permanent'),
      fails('transient'),
      async () => {
        throw new TypeError('a fault of ours');
      },
    ]) {
      api.sms.answer = () => {
        // Only the first time: what is handed over again is taken.
        api.sms.answer = async () => undefined;
        return answer();
      };
      expect(formOf(await ask(free))).toEqual(good);
      await api.drained();
    }
  });

  it('is silent → the same answer after a second, well within the two of every answer', async () => {
    const good = formOf(await ask(free));
    const { promise: atLast, resolve: answer } = Promise.withResolvers<void>();
    api.sms.answer = () => atLast;
    const begun = performance.now();
    const answered = await ask(free);
    const took = performance.now() - begun;
    expect(formOf(answered)).toEqual(good);
    expect(took).toBeGreaterThan(950);
    expect(took).toBeLessThan(1_900);
    answer();
  });

  it('refuses a message → it is counted, and not handed over again', async () => {
    api.sms.answer = fails('permanent');
    await ask(free);
    await api.drained();
    expect(api.sms.handed).toHaveLength(1);
    expect(await outcomes()).toEqual([['refused', 1]]);
  });

  it('is down for a moment → the same message is handed over again, under the same key', async () => {
    api.sms.answer = async (sms) => {
      if (api.sms.handed.length === 1) await fails('transient')();
      expect(sms).toEqual(api.sms.handed[0]);
    };
    await ask(free);
    await api.drained();
    expect(api.sms.handed).toHaveLength(2);
    expect(await outcomes()).toEqual([
      ['failed', 1],
      ['taken', 1],
    ]);
  });
});

describe('POST /v1/verification-codes, what is left of it', () => {
  it('log lines and store → neither phone nor code in clear, even when the message fails', async () => {
    api.sms.answer = async ({ to, text }) => {
      throw new Error(`could not send ${text} to ${to}`);
    };
    await ask(free);
    api.sms.answer = fails('permanent');
    await ask(free);
    await api.drained();
    const codes = api.sms.handed.map(({ template }) => template.code);
    const logged = api.lines.join('');
    const kept = JSON.stringify(await api.store.verifications.model.find().lean());

    expect(codes.length).toBeGreaterThanOrEqual(2);
    expect(logged).toContain('A message was not taken');
    expect(kept).toContain('codeHash');
    for (const secret of [...codes, free, free.slice(3)]) {
      expect(wordsIn(logged)).not.toContain(secret);
      expect(wordsIn(kept)).not.toContain(secret);
    }
  });
});

/** Runs of digits, whole: six digits of a hash or a time in milliseconds are no code. */
const wordsIn = (text: string): string[] => text.match(/(?<![\w-])\+?\d+(?![\w-])/g) ?? [];

import { openApi, type TestApi } from './api.ts';
import { logInAs } from './own-session.ts';
import { makePerson, type Person, type PersonFacts } from './people.ts';
import { expectProblem, faultsOf } from './problems.ts';

let api: TestApi;
let clock = Date.parse('2026-11-25T08:00:00Z');
beforeAll(async () => {
  api = await openApi({ now: () => clock });
});
afterAll(() => api.close());
beforeEach(() => {
  api.scripted.reset();
  clock += 1_000;
});

/** An ID number of somebody born that day (`YYYYMMDD`), its check character right. */
function idNumberOf(birthday: string): string {
  const digits = `510104${birthday}123`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return `${digits}${'10X98765432'[sum % 11]}`;
}

const li = { name: '李雷', idNumber: idNumberOf('19900131') };
const han = { name: '韩梅梅', idNumber: idNumberOf('19920229') };

async function user(facts: PersonFacts = {}): Promise<Person & Awaited<ReturnType<typeof logInAs>>> {
  const person = await makePerson(api.store, facts);
  return { ...person, ...(await logInAs(api, person)) };
}

const customerOf = async ({ userId }: Person) => {
  const customerId = (await api.store.users.find(userId))?.customerId;
  return customerId ? api.store.customers.find(customerId) : null;
};
const onTimeline = async ({ numberKey }: Person) =>
  (await api.store.evidence.ofNumber(numberKey))
    .map(({ code }) => code)
    .filter((code) => code.startsWith('identity.'));

describe('an identity that is declared', () => {
  it('the carrier confirms it → 200, verified, and on the timeline', async () => {
    const person = await user();
    api.carrierSays({ match: 'match' });
    const answered = await person.put('identity', li);
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({ userId: person.userId, realName: 'verified' });
    expect(await customerOf(person)).toMatchObject({ ...li, verifiedAt: clock });
    expect(api.carrierLookups()).toEqual(['match']);
    expect(await onTimeline(person)).toEqual(['identity.verified']);
  });

  it('the carrier knows another holder → identity_mismatch, and nothing is kept', async () => {
    const person = await user();
    api.carrierSays({ match: 'no-match' });
    expectProblem(await person.put('identity', li), 'identity_mismatch');
    expect(await customerOf(person)).toBeNull();
    expect((await person.shown()).body).toMatchObject({ realName: 'none' });
    expect(await onTimeline(person)).toEqual(['identity.refused']);
  });

  it('the carrier knows another holder, and the province keeps it → 200, declared', async () => {
    const person = await user({ phone: '+8613990000001' });
    api.carrierSays({ match: 'no-match' });
    const answered = await person.put('identity', li);
    expect([answered.status, (await person.shown()).body]).toEqual([
      200,
      expect.objectContaining({ realName: 'declared' }),
    ]);
    expect(await onTimeline(person)).toEqual(['identity.declared']);
  });

  it.each(['no-capability', 'not-found', 'no-customer', 'time-out', 'answer-malformed'] as const)(
    'the carrier: %s → 200, declared',
    async (match) => {
      const person = await user();
      api.carrierSays({ match });
      expect((await person.put('identity', li)).body).toMatchObject({ realName: 'declared' });
      expect(await customerOf(person)).toMatchObject({ ...li, verifiedAt: null });
    },
  );

  it('the carrier never answers → 200 within two seconds, declared', async () => {
    const person = await user();
    api.carrierSays({ match: 'silent' });
    const startedAt = performance.now();
    expect((await person.put('identity', li)).body).toMatchObject({ realName: 'declared' });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it('without a login phone → declared, and nobody is asked', async () => {
    const person = await user({ phone: null });
    expect((await person.put('identity', li)).body).toMatchObject({ realName: 'declared' });
    expect(api.carrierLookups()).toEqual([]);
  });

  it('while the phone is suspended → declared, and nobody is asked', async () => {
    const person = await user();
    const { numberKey, claimId, userId } = person;
    const since = (await api.store.claims.find(numberKey))?.claim?.stateSince ?? 0;
    const owes = { kind: 'suspend-claim', claimId, userId, since, eventKey: 'x' } as const;
    await api.store.claims.suspend({ numberKey, claimId, at: clock, since, owes });
    api.carrierSays({ match: 'match' });
    expect((await person.put('identity', li)).body).toMatchObject({ realName: 'declared' });
    expect(api.carrierLookups()).toEqual([]);
  });

  it('declared, and another one → that one instead, and nothing of the first is left', async () => {
    const person = await user();
    api.carrierSays({ match: 'no-customer' });
    await person.put('identity', li);
    const first = (await api.store.users.find(person.userId))?.customerId;
    expect((await person.put('identity', han)).status).toBe(200);
    expect(await customerOf(person)).toMatchObject(han);
    expect(first && (await api.store.customers.find(first))).toBeNull();
  });

  it('declared, and the same one when the carrier answers → verified', async () => {
    const person = await user();
    api.carrierSays({ match: 'time-out' });
    await person.put('identity', li);
    api.carrierSays({ match: 'match' });
    expect((await person.put('identity', { ...li, name: ' 李 雷 ' })).body).toMatchObject({
      realName: 'verified',
    });
  });

  it('verified, and the same one again → 200, and nobody is asked', async () => {
    const person = await user({ identity: li });
    expect((await person.put('identity', li)).body).toMatchObject({ realName: 'verified' });
    expect(api.carrierLookups()).toEqual([]);
  });

  it('verified, and another one → identity_verified, and nobody is asked', async () => {
    const person = await user({ identity: li });
    api.carrierSays({ match: 'match' });
    expectProblem(await person.put('identity', han), 'identity_verified');
    expect(await customerOf(person)).toMatchObject(li);
    expect(api.carrierLookups()).toEqual([]);
  });

  it('declared, and verified while another one is written → identity_verified, and it stays', async () => {
    const person = await user();
    api.carrierSays({ match: 'no-customer' });
    await person.put('identity', li);
    const { setCustomer } = api.store.users;
    const raced = jest.spyOn(api.store.users, 'setCustomer').mockImplementationOnce(async (set) => {
      if (set.former) await api.store.customers.verify(set.former, clock);
      return setCustomer(set);
    });
    expectProblem(await person.put('identity', han), 'identity_verified');
    raced.mockRestore();
    expect(await customerOf(person)).toMatchObject({ ...li, verifiedAt: clock });
  });

  it('the session ends while the carrier is asked → session_required, and nothing is kept', async () => {
    const person = await user();
    const { setCustomer } = api.store.users;
    const raced = jest.spyOn(api.store.users, 'setCustomer').mockImplementationOnce(async (set) => {
      await api.store.users.raiseEpoch(person.userId, 'released');
      return setCustomer(set);
    });
    expectProblem(await person.put('identity', li), 'session_required');
    raced.mockRestore();
    expect(await customerOf(person)).toBeNull();
  });
});

describe('an ID number', () => {
  const wrongCheck = `${li.idNumber.slice(0, 17)}${li.idNumber.endsWith('1') ? '2' : '1'}`;
  it.each([
    ['a wrong checksum', wrongCheck],
    ['an impossible date', idNumberOf('19900230')],
    ['a month too many', idNumberOf('19901301')],
    ['a birthday in the future', idNumberOf('20261126')],
    ['a birthday of the 19th century', idNumberOf('18991231')],
    ['15 digits', '510104900131123'],
    ['17 digits', li.idNumber.slice(0, 17)],
    ['a region that is none', `99${li.idNumber.slice(2)}`],
    ['letters', 'ABCDEFGHIJKLMNOPQR'],
    ['nothing', ''],
  ])('%s → id_number_invalid, at its place, and nobody is asked', async (_, idNumber) => {
    const person = await user();
    const answered = await person.put('identity', { ...li, idNumber });
    expectProblem(answered, 'id_number_invalid');
    expect(faultsOf(answered)).toEqual([expect.objectContaining({ pointer: '/idNumber' })]);
    if (idNumber) expect(answered.text).not.toContain(idNumber);
    expect(api.carrierLookups()).toEqual([]);
  });

  it('a child the day before its 14th birthday → under_age', async () => {
    expectProblem(
      await (await user()).put('identity', { ...li, idNumber: idNumberOf('20121126') }),
      'under_age',
    );
  });

  it('on the 14th birthday in China → taken', async () => {
    const answered = await (await user()).put('identity', { ...li, idNumber: idNumberOf('20121125') });
    expect(answered.status).toBe(200);
  });

  it('born today, and wrong besides → id_number_invalid, before the age is looked at', async () => {
    const child = idNumberOf('20261125');
    const wrong = `${child.slice(0, 17)}${child.endsWith('1') ? '2' : '1'}`;
    expectProblem(await (await user()).put('identity', { ...li, idNumber: wrong }), 'id_number_invalid');
  });

  it('a small x at its end → taken', async () => {
    const days = Array.from({ length: 28 }, (_, day) =>
      idNumberOf(`199003${String(day + 1).padStart(2, '0')}`),
    );
    const ending = days.find((idNumber) => idNumber.endsWith('X')) ?? '';
    expect(ending).not.toBe('');
    const answered = await (await user()).put('identity', { ...li, idNumber: ending.toLowerCase() });
    expect(answered.status).toBe(200);
  });
});

describe('a name', () => {
  it.each(['', '李', '123', 'a'.repeat(65), '李雷\u0000'])('%j → name_invalid', async (name) => {
    expectProblem(await (await user()).put('identity', { ...li, name }), 'name_invalid');
  });
});

describe('whose identity', () => {
  it('without a session → session_required', async () => {
    expectProblem(await (await user()).put('identity', li, { headers: {} }), 'session_required');
  });

  it('store and logs → neither name nor ID number in clear', async () => {
    const person = await user();
    const told = { name: '欧阳铁柱', idNumber: idNumberOf('19770707') };
    api.carrierSays({ match: 'match' });
    const answered = await person.put('identity', told);
    api.carrierSays({ match: 'no-match' });
    await (await user()).put('identity', told);
    const kept: string[] = [...api.lines, answered.text];
    for (const model of Object.values(api.store.users.model.db.models)) {
      kept.push(JSON.stringify(await model.find().lean()));
    }
    for (const secret of Object.values(told)) {
      expect(kept.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});

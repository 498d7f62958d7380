import { openApi, type TestApi } from './api.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';
import { issueCode } from './registering.ts';

let api: TestApi;
let token: string;
let clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock, logins: { failuresPerAddress: 30 } });
  token = await api.token({ scope: 'sessions:write', expiresIn: 10 * 24 * 3_600 });
});
afterAll(() => api.close());

const minute = 60_000;
const day = 24 * 60 * minute;

let addresses = 0;
/** An address that nobody had before. */
const newAddress = () => {
  addresses += 1;
  return `203.0.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
};

const logIn = (login: string, password: string, address: string) =>
  api.call('/v1/sessions', {
    token,
    body: { login, password },
    headers: { 'x-forwarded-for': address },
  });

/** So many wrong tries, one after another; from another address each where none is given. Gives their statuses. */
async function guess(login: string, tries: number, address?: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < tries; index += 1) {
    statuses.push((await logIn(login, `guess number ${index}`, address ?? newAddress())).status);
  }
  return statuses;
}

const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status);
const rightPassword = ({ phone, password }: Person, address: string) => logIn(phone, password, address);

describe('wrong passwords for one login from one address', () => {
  it('10 in 15 minutes → 401 each; from then on 429, the right password too, until the time is over', async () => {
    const person = await makePerson(api.store);
    const address = newAddress();
    await expect(guess(person.phone, 12, address)).resolves.toEqual([...times(10, 401), ...times(2, 429)]);
    const refused = await rightPassword(person, address);
    expectProblem(refused, 'too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBe(15 * 60);
    clock += 15 * minute;
    expect((await rightPassword(person, address)).status).toBe(201);
  });

  it('→ don’t bind the login elsewhere, nor other logins there', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const address = newAddress();
    await guess(person.phone, 11, address);
    expect((await rightPassword(person, newAddress())).status).toBe(201);
    expect((await rightPassword(other, address)).status).toBe(201);
  });

  it('9, then the right one → begins anew', async () => {
    const person = await makePerson(api.store);
    const address = newAddress();
    await guess(person.phone, 9, address);
    expect((await rightPassword(person, address)).status).toBe(201);
    await expect(guess(person.phone, 10, address)).resolves.toEqual(times(10, 401));
  });

  it('20 at one instant → no more than 10 are looked at', async () => {
    const { phone } = await makePerson(api.store);
    const address = newAddress();
    const answers = await Promise.all(
      times(20, 0).map((_, index) => logIn(phone, `at once ${index}`, address)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...times(10, 401), ...times(10, 429)]);
  });

  it('for a login of nobody → the same, so that nobody learns who there is', async () => {
    const statuses = [...times(10, 401), 429];
    await expect(guess('+8613800000009', 11, newAddress())).resolves.toEqual(statuses);
    await expect(guess('nobody at all', 11, newAddress())).resolves.toEqual(statuses);
    await expect(guess('13800000009', 11, newAddress())).resolves.toEqual(statuses);
  });

  it('by phone and by nickname → counted apart, so that nobody learns that they are one user’s', async () => {
    const { phone, nickname } = await makePerson(api.store);
    const address = newAddress();
    await guess(phone, 11, address);
    await expect(guess(nickname, 10, address)).resolves.toEqual(times(10, 401));
  });
});

describe('wrong passwords from one address', () => {
  it('as many as are configured, for whatever logins → 429 for the next', async () => {
    const address = newAddress();
    const statuses: number[] = [];
    for (let index = 0; index < 31; index += 1) {
      statuses.push((await logIn(`stranger ${index}`, 'guess', address)).status);
    }
    expect(statuses).toEqual([...times(30, 401), 429]);
    expectProblem(await rightPassword(await makePerson(api.store), address), 'too_many_requests');
  });

  it('of an IPv6 network, each from another address → counted together', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 31; index += 1) {
      const address = `2001:db8:1:2::${(index + 1).toString(16)}`;
      statuses.push((await logIn(`v6 stranger ${index}`, 'guess', address)).status);
    }
    expect(statuses).toEqual([...times(30, 401), 429]);
  });

  it('and right ones → those don’t count', async () => {
    const address = newAddress();
    const people = await Promise.all(times(5, 0).map(() => makePerson(api.store)));
    for (let round = 0; round < 8; round += 1) {
      for (const person of people) expect((await rightPassword(person, address)).status).toBe(201);
    }
  });
});

describe('wrong passwords for one login from everywhere', () => {
  it('100 in a day → 429 at an address from which its owner never logged in', async () => {
    const person = await makePerson(api.store);
    await expect(guess(person.phone, 101)).resolves.toEqual([...times(100, 401), 429]);
    const refused = await rightPassword(person, newAddress());
    expectProblem(refused, 'too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBe(24 * 3_600);
    clock += day;
    expect((await rightPassword(person, newAddress())).status).toBe(201);
  });

  it('150 from one address, of which 10 were looked at → don’t lock out the owner anywhere else', async () => {
    const person = await makePerson(api.store);
    await guess(person.phone, 150, newAddress());
    expect((await rightPassword(person, newAddress())).status).toBe(201);
  });

  it('→ don’t lock out the owner where it logged in before', async () => {
    const person = await makePerson(api.store);
    const home = newAddress();
    expect((await rightPassword(person, home)).status).toBe(201);
    await guess(person.phone, 101);
    expect((await rightPassword(person, home)).status).toBe(201);
  });
});

describe('an address from which the owner has logged in', () => {
  const code = (phone: string, purpose: 'login' | 'reset-password') =>
    issueCode(api.store, phone, { purpose, issuedAt: clock });
  const byCode = async ({ phone }: Person, address: string) =>
    api.call('/v1/sessions', {
      token,
      body: { phone, ...(await code(phone, 'login')) },
      headers: { 'x-forwarded-for': address },
    });
  const resetBy = (body: object, address: string) =>
    api.call('/v1/password-resets', {
      token,
      body: { ...body, newPassword: 'nine loud trumpets' },
      headers: { 'x-forwarded-for': address },
    });

  it('by a code → the right password gets in there, whatever others try', async () => {
    api.carrierSays({ line: {} });
    const person = await makePerson(api.store);
    const home = newAddress();
    await guess(person.phone, 101);
    expectProblem(await rightPassword(person, home), 'too_many_requests');
    expect((await byCode(person, home)).status).toBe(201);
    await api.drained();
    expect((await rightPassword(person, home)).status).toBe(201);
    expectProblem(await rightPassword(person, newAddress()), 'too_many_requests');
  });

  it('or reset the password by a code → the same', async () => {
    api.carrierSays({ line: {} });
    const person = await makePerson(api.store);
    const { phone } = person;
    const home = newAddress();
    await guess(phone, 101);
    const proof = await code(phone, 'reset-password');
    expect((await resetBy({ phone, ...proof }, home)).status).toBe(204);
    await api.drained();
    expect((await logIn(phone, 'nine loud trumpets', home)).status).toBe(201);
  });

  it('or reset the password by e-mail → the same', async () => {
    const { email, phone } = await makePerson(api.store);
    const home = newAddress();
    await guess(phone, 101);
    await api.call('/v1/password-resets', { token, body: { email } });
    await api.drained();
    const resetToken = api.mail.tokenTo(email);
    expect((await resetBy({ resetToken }, home)).status).toBe(204);
    await api.drained();
    expect((await logIn(phone, 'nine loud trumpets', home)).status).toBe(201);
  });

  it('refused by a code → strange still', async () => {
    api.carrierSays({ line: { joined: { precision: 'second', at: Date.now() } } });
    const person = await makePerson(api.store);
    const home = newAddress();
    await guess(person.phone, 101);
    expect((await byCode(person, home)).status).toBe(403);
    await api.drained();
    expectProblem(await logIn(person.phone, person.password, home), 'too_many_requests');
  });

  it('10 wrong ones there → 429 for wrong ones, and the right one gets in', async () => {
    const person = await makePerson(api.store);
    const home = newAddress();
    await rightPassword(person, home);
    await expect(guess(person.phone, 12, home)).resolves.toEqual([...times(10, 401), ...times(2, 429)]);
    expect((await rightPassword(person, home)).status).toBe(201);
  });

  it('others’ wrong ones there, beyond the address’s limit → the right one gets in', async () => {
    const person = await makePerson(api.store);
    const home = newAddress();
    await rightPassword(person, home);
    for (let index = 0; index < 31; index += 1) await logIn(`neighbour ${index}`, 'guess', home);
    expect((await rightPassword(person, home)).status).toBe(201);
  });

  it('100 wrong ones for this login there in a day → 429 for the right one too: a guesser may share the address', async () => {
    const person = await makePerson(api.store);
    const home = newAddress();
    await rightPassword(person, home);
    await guess(person.phone, 100, home);
    expectProblem(await rightPassword(person, home), 'too_many_requests');
    clock += day;
    expect((await rightPassword(person, home)).status).toBe(201);
  });

  it('of another user → is none of this one’s', async () => {
    const [person, neighbour] = [await makePerson(api.store), await makePerson(api.store)];
    const home = newAddress();
    await rightPassword(neighbour, home);
    await guess(person.phone, 11, home);
    expectProblem(await rightPassword(person, home), 'too_many_requests');
  });

  it('not used for 90 days → strange again', async () => {
    const person = await makePerson(api.store);
    const home = newAddress();
    await rightPassword(person, home);
    clock += 90 * day;
    token = await api.token({ scope: 'sessions:write', expiresIn: 200 * 24 * 3_600 });
    await guess(person.phone, 11, home);
    expectProblem(await rightPassword(person, home), 'too_many_requests');
  });

  it('→ nowhere in the store in clear', async () => {
    const person = await makePerson(api.store);
    await rightPassword(person, '203.0.113.77');
    const { knownAddresses, limits } = api.store;
    const kept = JSON.stringify([await knownAddresses.model.find().lean(), await limits.model.find().lean()]);
    expect(kept).not.toContain('203.0.113');
    expect(kept).not.toContain(person.userId);
  });
});

import { openApi, type TestApi } from './api.ts';
import { logInAs } from './own-session.ts';
import { makePerson } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('a nickname that is given', () => {
  it('free → 204, shown and a login, and the one before is free for others', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const { put, shown, logIn } = await logInAs(api, person);
    const answered = await put('nickname', { nickname: '  山中  Walker ' });
    expect([answered.status, answered.text]).toEqual([204, '']);
    expect((await shown()).body).toMatchObject({ nickname: '山中 Walker' });
    expect((await logIn('山中 walker', person.password)).status).toBe(201);
    expectProblem(await logIn(person.nickname, person.password), 'bad_credentials');
    const next = await logInAs(api, other);
    expect((await next.put('nickname', { nickname: person.nickname })).status).toBe(204);
  });

  it('to a user without one → 204', async () => {
    const person = await makePerson(api.store, { nickname: null });
    // Who has no nickname logs in by e-mail.
    const { put, shown } = await logInAs(api, { ...person, nickname: person.email });
    expect((await put('nickname', { nickname: 'first one' })).status).toBe(204);
    expect((await shown()).body).toMatchObject({ nickname: 'first one' });
  });

  it.each([
    ['the same', 'Paolo'],
    ['another case', 'PAOLO'],
    ['full width', 'Ｐａｏｌｏ'],
    ['Cyrillic letters', 'Раоӏо'],
    ['spaces', 'P a o l o'],
  ])('another user’s, as %s → nickname_in_use, and nothing changed', async (_, nickname) => {
    const owner = await makePerson(api.store);
    const { put: putOwner } = await logInAs(api, owner);
    await putOwner('nickname', { nickname: 'Paolo' });
    const person = await makePerson(api.store);
    const { put, shown } = await logInAs(api, person);
    expectProblem(await put('nickname', { nickname }), 'nickname_in_use');
    expect((await shown()).body).toMatchObject({ nickname: person.nickname });
    // Free it for the next row.
    await putOwner('nickname', { nickname: owner.nickname });
  });

  it.each([
    ['one character', '红'],
    ['33 characters', '红'.repeat(33)],
    ['control characters', 'xiao\u0007li'],
    ['a line end', 'xiao\nli'],
    ['a zero-width space', 'xiao\u200bli'],
    ['a turn of direction', 'xiao\u202eli'],
    ['a phone number', '13800138000'],
    ['an e-mail address', 'li@example.com'],
  ])('%s → nickname_invalid', async (_, nickname) => {
    const { put } = await logInAs(api, await makePerson(api.store));
    expectProblem(await put('nickname', { nickname }), 'nickname_invalid');
  });

  it('without a session, or with another user’s → session_required', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const { put, token } = await logInAs(api, person);
    expectProblem(await put('nickname', { nickname: 'nobody' }, { headers: {} }), 'session_required');
    const theirs = await api.call(`/v1/users/${other.userId}/nickname`, {
      method: 'PUT',
      token,
      body: { nickname: 'nobody' },
      headers: { 'x-user-session': 'x' },
    });
    expectProblem(theirs, 'session_required');
  });

  it('by 20 users at one instant → exactly one has it', async () => {
    const sessions = [];
    for (let i = 0; i < 20; i += 1) sessions.push(await logInAs(api, await makePerson(api.store)));
    const answers = await Promise.all(
      sessions.map(({ put }) => put('nickname', { nickname: 'one and only' })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });
});

import { randomBytes } from 'node:crypto';
import type { UserAnswer } from '../linekeeper.ts';
import { people } from '../people.ts';
import { type Actors, actorsOn, instantOf } from '../scenes.ts';
import type { Story } from '../story.ts';
import { StoryBroken } from '../witness.ts';

/** Somebody who registered, and what they log in with. */
type Registered = { phone: string; nickname: string; password: string; userId: string; before: UserAnswer };

/** A recycled number (二次号), from its first holder's registration to the stranger's. */
export const registrationStory: Story = {
  name: 'registration',
  title: 'A recycled number: its former holder loses nothing, and the stranger gets a user of their own',
  async play(stage) {
    const { endpoints, tell } = stage;
    tell.title(
      'A recycled number (二次号)',
      `Played on ${endpoints.api}, where a freeze takes ${endpoints.freeze}.`,
    );
    const actors = await actorsOn(stage);
    const former = await userRegisters(actors);
    await numberIsCancelled(actors, former);
    await numberThaws(actors, former);
    await numberIsReissued(actors, former);
    const stranger = await strangerTries(actors, former);
    await formerUserComesBack(actors, former, stranger);
  },
};

const secret = (): string => randomBytes(9).toString('base64url');

async function userRegisters({
  linekeeper,
  provinces,
  site,
  tell,
  witness,
  read,
}: Actors): Promise<Registered> {
  tell.step({
    title: 'Zhang Wei registers, and puts money in',
    why: 'The number is free, so nobody needs to be asked: its code proves who holds it now. From then on the login phone belongs to the tenancy (使用期) in which it was proven.',
  });
  const phone = await provinces.freshNumber();
  await provinces.writeLine({ phone, identity: people.zhangWei, joinedAt: '2022-03-01T09:00:00+08:00' });
  const nickname = `zhang-wei-${randomBytes(4).toString('hex')}`;
  const password = secret();
  tell.does('the site asks for a code, and registers him with it, a nickname and a password');
  const { status, body } = await site.register({ phone, nickname, password });
  witness.same('the registration', [status, body.status], [201, 'registered']);
  const userId = body.userId ?? '';
  const { accounts } = await linekeeper.user(userId);
  const balance = accounts.find(({ kind }) => kind === 'balance');
  if (balance === undefined) throw new StoryBroken('A new user should have a balance account');
  tell.does('he tops up 123.45 yuan');
  witness.same('the top-up', (await site.topUp(balance.accountId, 12_345)).status, 201);
  const login = await site.loginByCode(phone);
  witness.same('the login by SMS code, while the number is his', login.status, 201);
  const before = await linekeeper.user(userId);
  tell.sees(read.user(before));
  return { phone, nickname, password, userId, before };
}

async function numberIsCancelled(
  { linekeeper, provinces, site, tell, witness, read }: Actors,
  { phone }: Registered,
): Promise<void> {
  tell.step({
    title: 'He cancels the number (销户): an SMS code lets nobody in any more',
    why: 'Nobody holds the number, and whoever gets its SMS next is a stranger. So everything that rests on the number is refused at once, with the ways that are left.',
  });
  const { type } = await provinces.change(phone, 'cancel');
  tell.does(`Sichuan reports ${type}`);
  const number = await witness.until({
    what: 'the claim of a cancelled number is suspended',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ claim }) => claim?.state === 'suspended',
  });
  tell.sees(read.number(number));
  const { status, body } = await site.loginByCode(phone);
  tell.sees(`login by SMS code: ${status} ${body.code}; left are ${body.alternatives?.join(', ')}`);
  witness.same('the login by SMS code', [status, body.code], [403, 'number_frozen']);
}

async function numberThaws(
  { linekeeper, tell, witness, read }: Actors,
  { phone, userId, before }: Registered,
): Promise<void> {
  tell.step({
    title: 'The freeze (冻结) ends: the number leaves his user',
    why: 'Nobody took it back, and from now on the province may give it to anybody. User and money stay.',
  });
  const { freezeEndsAt } = await linekeeper.lookUp(phone);
  const waitMs = freezeEndsAt === null ? 0 : Math.max(0, instantOf(freezeEndsAt) - Date.now());
  tell.does(`wait ${Math.ceil(waitMs / 1_000)} s`);
  await witness.until({
    what: 'the claim of a thawed number is released',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ claim }) => claim === null,
    // A timer that is due is seen to within a second or two.
    patienceMs: waitMs + 20_000,
  });
  const user = await linekeeper.user(userId);
  tell.sees(read.user(user));
  witness.same('the user of a released claim', user, { ...before, phone: null });
}

async function numberIsReissued(
  { linekeeper, provinces, tell, witness, read }: Actors,
  { phone }: Registered,
): Promise<void> {
  tell.step({
    title: 'The number is issued again (二次放号), to Wang Fang',
    why: 'A new tenancy begins, which owes nothing to the one before.',
  });
  const { type, time } = await provinces.change(phone, 'reissue', { identity: people.wangFang });
  tell.does(`Sichuan reports ${type}`);
  const number = await witness.until({
    what: 'a new tenancy has begun',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ state, tenancy }) => state === 'in-use' && tenancy?.joinedAt === time,
  });
  tell.sees(read.number(number));
}

async function strangerTries(
  { linekeeper, site, tell, witness, read }: Actors,
  former: Registered,
): Promise<UserAnswer> {
  const { phone, userId } = former;
  tell.step({
    title: 'She gets his codes now: neither a login nor a password reset reaches his user',
    why: 'A code proves who holds the number today. It says nothing of a user who proved it in another tenancy.',
  });
  const login = await site.loginByCode(phone);
  tell.sees(`login by SMS code: ${login.status} ${login.body.code}`);
  witness.same('her login by SMS code', [login.status, login.body.code], [403, 'no_such_login']);
  const reset = await site.resetByCode(phone, secret());
  tell.sees(`password reset by SMS code: ${reset.status} ${reset.body.code}`);
  witness.same('her password reset', [reset.status, reset.body.code], [403, 'no_such_login']);

  tell.step({
    title: 'She registers, and gets a new, empty user',
    why: 'The new holder must not be locked out: the number is hers, and so is what she makes with it.',
  });
  const { status, body } = await site.register({ phone, password: secret() });
  witness.same('her registration', [status, body.status], [201, 'registered']);
  const stranger = await linekeeper.user(body.userId ?? '');
  tell.sees(read.user(stranger));
  witness.same('whether it is another user', stranger.userId === userId, false);
  witness.same(
    'what is in it',
    stranger.accounts.map(({ balanceFen }) => balanceFen),
    [0],
  );
  return stranger;
}

async function formerUserComesBack(
  { linekeeper, site, tell, witness, read }: Actors,
  { phone, nickname, password, userId, before }: Registered,
  stranger: UserAnswer,
): Promise<void> {
  tell.step({
    title: 'Zhang Wei logs in by nickname: the money is there',
    why: 'What happens to a number never deletes or moves a user, an account or money.',
  });
  const { status, body } = await site.loginByPassword(nickname, password);
  witness.same('his login by nickname', [status, body.userId], [201, userId]);
  const byPhone = await site.loginByPassword(phone, password);
  witness.same('his password with the number that was his', byPhone.body.code, 'bad_credentials');
  const user = await linekeeper.user(userId);
  tell.sees(read.user(user));
  witness.same('his user', user, { ...before, phone: null });
  const number = await linekeeper.lookUp(phone);
  tell.sees(read.number(number));
  witness.same('whose number it is', number.claim?.userId, stranger.userId);

  const { items } = await linekeeper.timeline(number.numberKey);
  tell.note(`\nThe number's timeline, as support sees it (GET /v1/numbers/${number.numberKey}/timeline):\n`);
  for (const { at, kind, text } of items) {
    tell.note(`   ${at.padEnd(24)}  ${kind.padEnd(8)}  ${text.en} · ${text.zh}`);
  }
}

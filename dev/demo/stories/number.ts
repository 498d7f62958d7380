import { formatInstant, parseDuration } from '../../../domain/instant.ts';
import type { TimelineAnswer } from '../linekeeper.ts';
import { newUser, people } from '../people.ts';
import { type Actors, actorsOn, type Holder, holdNumber, instantOf, mailComes } from '../scenes.ts';
import type { Story } from '../story.ts';
import { StoryBroken } from '../witness.ts';

/** A freeze, by the API's word. */
type Frozen = { endedAt: string; freezeEndsAt: string };

/** Two numbers' lives, through freeze, reclaim, release and reissue. */
export const numberStory: Story = {
  name: 'number',
  title: "A number's life: held, cancelled, and taken back in time or released and issued again",
  async play(stage) {
    const { endpoints, tell } = stage;
    const freeze = parseDuration(endpoints.freeze);
    const length = freeze.ok ? `${freeze.value / 1_000} s` : endpoints.freeze;
    tell.title("A number's life", `Played on ${endpoints.api}, where a freeze takes ${length}.`);
    const actors = await actorsOn(stage);
    const [first, second] = await usersHoldNumbers(actors);
    const frozen = await numberIsCancelled(actors, first);
    await numberIsReclaimed(actors, second);
    await numberThaws(actors, first, frozen);
    const third = await numberIsReissued(actors, first);
    await noticesChangeNothing(actors, third, frozen);
    await usersAreStillThere(actors, { first, second, third });
  },
};

async function usersHoldNumbers(actors: Actors): Promise<[Holder, Holder]> {
  const { provinces, tell } = actors;
  tell.step({
    title: 'Two users hold a number each',
    why: 'A login phone belongs to one tenancy (使用期) of a number: the time in which one person holds it. Both users proved their number within theirs.',
  });
  tell.does('two lines stand in the books of Sichuan, and two payment users with money are imported');
  const accounts: Parameters<typeof newUser>[0]['accounts'] = [
    { kind: 'balance', amount: 12_345 },
    { kind: 'redPackets', amount: 888 },
    { kind: 'points', amount: 600 },
  ];
  const holders: Holder[] = [];
  for (const [who, identity] of [['zhang-wei', people.zhangWei] as const, ['li-na', people.liNa] as const]) {
    const phone = await provinces.freshNumber();
    await provinces.writeLine({ phone, identity, joinedAt: '2022-03-01T09:00:00+08:00' });
    const claimedAt = '2023-06-01T10:00:00+08:00';
    holders.push(await holdNumber(actors, newUser({ who, identity, phone, claimedAt, accounts })));
  }
  const [first, second] = holders;
  if (first === undefined || second === undefined) throw new StoryBroken('Two users should be there');
  return [first, second];
}

async function numberIsCancelled(actors: Actors, holder: Holder): Promise<Frozen> {
  actors.tell.step({
    title: 'The first number is cancelled (销户): its claim is suspended',
    why: 'Nobody holds the number now, and after the freeze (冻结) it goes to a stranger. Until then the holder may take it back: so the login phone is suspended at once, and not removed yet.',
  });
  return cancel(actors, holder);
}

/** A cancellation, and what has to follow from it at once. */
async function cancel(actors: Actors, { phone, email, userId, before }: Holder): Promise<Frozen> {
  const { linekeeper, provinces, tell, witness, read } = actors;
  const { type } = await provinces.change(phone, 'cancel');
  tell.does(`Sichuan reports ${type}, and Linekeeper acknowledges it`);
  const number = await witness.until({
    what: 'the claim of a cancelled number is suspended',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ state, claim }) => state === 'frozen' && claim?.state === 'suspended',
  });
  tell.sees(read.number(number));
  witness.same('whose claim it is', number.claim?.userId, userId);
  const user = await linekeeper.user(userId);
  tell.sees(read.user(user));
  witness.same('the user of a suspended claim', user, before);
  await mailComes(actors, { email, subject: '登录手机已暂停 / Login phone suspended' });
  const { tenancy, freezeEndsAt } = number;
  if (!tenancy?.endedAt || freezeEndsAt === null) {
    throw new StoryBroken('A frozen number should say when its tenancy ended, and when its freeze ends');
  }
  return { endedAt: tenancy.endedAt, freezeEndsAt };
}

async function numberIsReclaimed(actors: Actors, holder: Holder): Promise<void> {
  const { linekeeper, provinces, tell, witness, read } = actors;
  const { phone, email, userId, before } = holder;
  tell.step({
    title: 'The second number is cancelled too, and taken back in time (要回): it works again',
    why: 'A reclaim within the freeze continues the tenancy, and with it all that was made in it: the same claim is active again.',
  });
  const held = await linekeeper.lookUp(phone);
  await cancel(actors, holder);
  const { type } = await provinces.change(phone, 'reclaim');
  tell.does(`Sichuan reports ${type}, and Linekeeper acknowledges it`);
  const number = await witness.until({
    what: 'the claim of a reclaimed number is active again',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ state, claim }) => state === 'in-use' && claim?.state === 'active',
  });
  tell.sees(read.number(number));
  witness.same('the claim after the reclaim', number.claim, held.claim);
  witness.same('the user after the reclaim', await linekeeper.user(userId), before);
  await mailComes(actors, { email, subject: '登录手机已恢复 / Login phone restored' });
}

async function numberThaws(actors: Actors, holder: Holder, { freezeEndsAt }: Frozen): Promise<void> {
  const { linekeeper, tell, witness, read } = actors;
  const { phone, email, userId, before } = holder;
  tell.step({
    title: 'The first number thaws: its claim is released',
    why: "Nobody took it back, and from now on the province may give it to anybody. So the login phone leaves its user. User and money stay: they never were the number's.",
  });
  const waitMs = Math.max(0, instantOf(freezeEndsAt) - Date.now());
  tell.does(`wait until ${freezeEndsAt}, which is ${Math.ceil(waitMs / 1_000)} s`);
  const number = await witness.until({
    what: 'the claim of a thawed number is released',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ state, claim }) => state === 'reassignable' && claim === null,
    // A timer that is due is seen to within a second or two.
    patienceMs: waitMs + 20_000,
  });
  tell.sees(read.number(number));
  const user = await linekeeper.user(userId);
  tell.sees(read.user(user));
  witness.same('the user of a released claim', user, { ...before, phone: null });
  await mailComes(actors, { email, subject: '登录手机已解除 / Login phone removed' });
}

async function numberIsReissued(actors: Actors, former: Holder): Promise<Holder> {
  const { linekeeper, provinces, tell, witness, read } = actors;
  const { phone } = former;
  tell.step({
    title: 'The number is issued again (二次放号), and its new holder takes it as login phone',
    why: "A new tenancy begins, which owes nothing to the one before: the new holder gets a user of their own, and nothing of the former holder's.",
  });
  const identity = people.wangFang;
  const { type, time } = await provinces.change(phone, 'reissue', { identity });
  tell.does(`Sichuan reports ${type}, and Linekeeper acknowledges it`);
  const reissued = await witness.until({
    what: 'a new tenancy has begun',
    ask: () => linekeeper.lookUp(phone),
    isSo: ({ state, tenancy }) => state === 'in-use' && tenancy?.joinedAt === time,
  });
  tell.sees(read.number(reissued));
  witness.same('the claim on a reissued number', reissued.claim, null);

  tell.does("the new holder's user is imported, who proved the number just now");
  const claimedAt = formatInstant(Date.now());
  const accounts: Parameters<typeof newUser>[0]['accounts'] = [{ kind: 'balance', amount: 100 }];
  const holder = await holdNumber(
    actors,
    newUser({ who: 'wang-fang', identity, phone, claimedAt, accounts }),
  );
  witness.same("the former holder's login phone", (await linekeeper.user(former.userId)).phone, null);
  return holder;
}

async function noticesChangeNothing(
  { linekeeper, provinces, tell, witness, read }: Actors,
  { phone, email }: Holder,
  { endedAt }: Frozen,
): Promise<void> {
  tell.step({
    title: 'A doubled and a late notice change nothing',
    why: 'Provinces say things twice, and too late. An event counts once, by its source and id; and one about an earlier tenancy touches no claim that was made after it.',
  });
  const number = await linekeeper.lookUp(phone);
  const before = await linekeeper.timeline(number.numberKey);
  const doubled = await provinces.replay(phone, 3);
  tell.does(`Sichuan sends the same ${doubled.type} three times more`);
  const at = formatInstant(instantOf(endedAt) + 1_000);
  const late = await provinces.change(phone, 'cancel', { at });
  tell.does(`and, only now and under an id of its own, a ${late.type} of ${late.time}`);
  const isLate = ({ details }: TimelineAnswer['items'][number]) => details.eventId === late.id;
  await witness.until({
    what: 'the late notice is on the timeline',
    ask: () => linekeeper.timeline(number.numberKey),
    isSo: ({ items }) => items.some(isLate),
  });
  await witness.unchanged({
    what: 'the number after a doubled and a late notice',
    ask: () => linekeeper.lookUp(phone),
    told: number,
    // Several times as long as an effect took in the steps before.
    forMs: 2_000,
  });
  const { items } = await linekeeper.timeline(number.numberKey);
  const reports = items.filter(({ kind }) => kind === 'event').length;
  tell.sees(`timeline: ${items.length} items, ${reports} of them reports; only the late one is new`);
  tell.sees(read.number(await linekeeper.lookUp(phone)));
  witness.same(
    'the timeline without the late notice',
    items.filter((item) => !isLate(item)),
    before.items,
  );
  witness.same('the mails to the new holder', await provinces.mailTo(email), []);
}

async function usersAreStillThere(
  { linekeeper, provinces, tell, witness, read }: Actors,
  holders: { first: Holder; second: Holder; third: Holder },
): Promise<void> {
  const { first, second, third } = holders;
  tell.step({
    title: 'The users and the money are still there',
    why: "What happens to a number never deletes or moves a user, an account or money. Users were told at their verified e-mail, never by SMS: the phone may be a stranger's by now.",
  });
  const ends = [
    { holder: first, phone: null, mails: ['suspended', 'removed'] },
    { holder: second, phone: second.before.phone, mails: ['suspended', 'restored'] },
    { holder: third, phone: third.before.phone, mails: [] },
  ];
  for (const { holder, phone, mails } of ends) {
    const user = await linekeeper.user(holder.userId);
    const subjects = await provinces.mailTo(holder.email);
    tell.sees(`${read.user(user)}, ${subjects.length} mails`);
    witness.same('the user at the end', user, { ...holder.before, phone });
    witness.same(
      'the mails',
      subjects.map((subject) => subject.split(' ').at(-1)),
      mails,
    );
  }
  const { numberKey } = await linekeeper.lookUp(first.phone);
  const { items } = await linekeeper.timeline(numberKey);
  tell.note(`\nThe first number's timeline, as support sees it (GET /v1/numbers/${numberKey}/timeline):\n`);
  for (const { at, kind, text } of items) {
    tell.note(`   ${at.padEnd(24)}  ${kind.padEnd(6)}  ${text.en} · ${text.zh}`);
  }
}

import { randomBytes } from 'node:crypto';
import { formatInstant } from '../../../domain/instant.ts';
import { newUser, people } from '../people.ts';
import { type Actors, actorsOn } from '../scenes.ts';
import type { Story } from '../story.ts';

/** The cases in which a number only looks recycled, or looks as if it were not. */
export const verdictsStory: Story = {
  name: 'verdicts',
  title: 'The traps: joined the same day, ported, the same person again, a carrier that is away',
  async play(stage) {
    const { endpoints, tell } = stage;
    tell.title(
      'Four traps',
      `Played on ${endpoints.api}. No event is reported: the carriers have to be asked.`,
    );
    const actors = await actorsOn(stage);
    await sameDay(actors);
    await ported(actors);
    await samePersonAgain(actors);
    await carrierAway(actors);
  },
};

const secret = (): string => randomBytes(9).toString('base64url');
const daysAgo = (days: number): string => formatInstant(Date.now() - days * 86_400_000);

/** The day in China, which is the day that Guangdong's books hold. */
async function sameDay({ linekeeper, provinces, site, tell, witness }: Actors): Promise<void> {
  tell.step({
    title: 'Guangdong knows only the day, and the line joined today',
    why: 'Who joined and registered on one day, and who took over a number whose user registered that day, look alike. What the carrier said when the number was proven tells them apart: without it nobody is let in.',
  });
  const identity = people.liNa;
  const mine = await provinces.freshNumber('+86139');
  await provinces.writeLine({ phone: mine, province: 'guangdong', identity, joinedAt: daysAgo(0) });
  const registered = await site.register({ phone: mine, password: secret() });
  witness.same('the registration on the day of joining', registered.status, 201);
  const login = await witness.until({
    what: 'a login by code on the day of joining',
    ask: () => site.loginByCode(mine),
    isSo: ({ status }) => status === 201,
  });
  tell.sees(`registered today, joined today, and the carrier said so then: login ${login.status}`);

  const unknown = await provinces.freshNumber('+86139');
  await provinces.writeLine({ phone: unknown, province: 'guangdong', identity, joinedAt: daysAgo(0) });
  const user = newUser({ who: 'same-day', identity, phone: unknown, claimedAt: daysAgo(0), accounts: [] });
  await linekeeper.importUsers([{ ...user, identity: { ...user.identity, verified: false } }]);
  const { status, body } = await site.loginByCode(unknown);
  tell.sees(`imported with a claim of today, of which nothing is remembered: ${status} ${body.code}`);
  witness.same('the login by code', [status, body.code], [403, 'number_undecided']);
}

async function ported({ provinces, site, tell, witness, linekeeper }: Actors): Promise<void> {
  tell.step({
    title: 'A number is ported (携号转网), and its join date is a later one',
    why: 'The new carrier counts from the port on, and yet it is the same holder. A port that was reported continues the tenancy; one that nobody reported leaves it open.',
  });
  const identity = people.zhangWei;
  const phone = await provinces.freshNumber();
  await provinces.writeLine({ phone, identity, joinedAt: '2022-03-01T09:00:00+08:00' });
  const { status } = await site.register({ phone, password: secret() });
  witness.same('the registration', status, 201);
  await provinces.change(phone, 'port');
  const login = await witness.until({
    what: 'a login by code after a reported port',
    ask: () => site.loginByCode(phone),
    isSo: (outcome) => outcome.status === 201,
  });
  tell.sees(`after a reported port: login ${login.status}`);

  const unreported = await provinces.freshNumber();
  const user = newUser({
    who: 'ported',
    identity,
    phone: unreported,
    claimedAt: daysAgo(400),
    accounts: [],
  });
  await linekeeper.importUsers([{ ...user, identity: { ...user.identity, verified: false } }]);
  await provinces.writeLine({ phone: unreported, identity, joinedAt: daysAgo(30), portedIn: true });
  const refused = await site.loginByCode(unreported);
  tell.sees(`after one that nobody reported: ${refused.status} ${refused.body.code}`);
  witness.same('the login by code', [refused.status, refused.body.code], [403, 'number_undecided']);
}

async function samePersonAgain({ linekeeper, provinces, site, tell, witness }: Actors): Promise<void> {
  tell.step({
    title: 'Cancelled and issued again, to the same person',
    why: 'By its date the number is recycled. But the user was verified, and the carrier knows the new holder: where both are the same person, nobody lost anything.',
  });
  const [mine, anothers] = [await provinces.freshNumber(), await provinces.freshNumber()];
  for (const phone of [mine, anothers]) {
    const identity = people.liNa;
    await linekeeper.importUsers([
      newUser({ who: 'li-na', identity, phone, claimedAt: daysAgo(400), accounts: [] }),
    ]);
    const holder = phone === mine ? identity : people.wangFang;
    await provinces.writeLine({ phone, identity: holder, joinedAt: daysAgo(30) });
  }
  const login = await site.loginByCode(mine);
  tell.sees(`the same person again: login ${login.status}`);
  witness.same('the login of the same person', login.status, 201);
  const refused = await site.loginByCode(anothers);
  tell.sees(`somebody else: ${refused.status} ${refused.body.code}`);
  witness.same('the login of somebody else', [refused.status, refused.body.code], [403, 'number_recycled']);
  await witness.until({
    what: 'what the login found leads to the release, as a report would',
    ask: () => linekeeper.lookUp(anothers),
    isSo: ({ claim }) => claim === null,
  });
  tell.sees('and, found so, the number leaves its former user at once');
}

async function carrierAway({ linekeeper, provinces, site, tell, witness }: Actors): Promise<void> {
  tell.step({
    title: 'The carrier is away while it is needed',
    why: 'No answer is no answer: nobody is let in, and nobody loses anything. A registration waits for the carrier, for a quarter of an hour.',
  });
  const phone = await provinces.freshNumber();
  const [userId = ''] = await linekeeper.importUsers([
    newUser({ who: 'away', identity: people.zhangWei, phone, claimedAt: daysAgo(400), accounts: [] }),
  ]);
  await provinces.writeLine({ phone, identity: people.wangFang, joinedAt: daysAgo(30) });
  await provinces.outOfService('sichuan', true);
  try {
    const refused = await site.loginByCode(phone);
    tell.sees(`login by SMS code: ${refused.status} ${refused.body.code}`);
    witness.same('the login by code', [refused.status, refused.body.code], [403, 'number_undecided']);
    const pending = await site.register({ phone, password: secret() });
    tell.sees(`registration: ${pending.status} ${pending.body.status}`);
    witness.same('the registration', [pending.status, pending.body.status], [202, 'pending']);
    witness.same('whose number it is', (await linekeeper.lookUp(phone)).claim?.userId, userId);
    await provinces.outOfService('sichuan', false);
    tell.does('Sichuan is back');
    const { body } = await witness.until({
      what: 'the registration comes to its end',
      ask: () => site.registration(pending.body.registrationId ?? ''),
      isSo: (outcome) => outcome.body.status !== 'pending',
      patienceMs: 90_000,
    });
    tell.sees(
      `registration: ${body.status}, and the former holder was released: ${body.formerHolderReleased}`,
    );
    witness.same('the registration', [body.status, body.formerHolderReleased], ['registered', true]);
  } finally {
    await provinces.outOfService('sichuan', false);
  }
}

import { parseInstant } from '../../domain/instant.ts';
import { type Linekeeper, openLinekeeper, type UserAnswer } from './linekeeper.ts';
import { createReader, type newUser } from './people.ts';
import { openProvinces, type Provinces } from './provinces.ts';
import { openSite, type Site } from './site.ts';
import type { Stage } from './story.ts';
import { StoryBroken } from './witness.ts';

/** Who acts in a story, and who tells what they answer. */
export type Actors = Stage & {
  linekeeper: Linekeeper;
  provinces: Provinces;
  site: Site;
  read: ReturnType<typeof createReader>;
};

/** Somebody who holds a number: the user as it was at the beginning. */
export type Holder = { phone: string; email: string; userId: string; before: UserAnswer };

/** Brings the actors onto a stage. */
export async function actorsOn(stage: Stage): Promise<Actors> {
  const { endpoints } = stage;
  const provinces = openProvinces(endpoints.simulator);
  return {
    ...stage,
    linekeeper: await openLinekeeper(endpoints),
    provinces,
    site: await openSite(endpoints, provinces),
    read: createReader(),
  };
}

/** A user is imported, and holds its number with an active claim. */
export async function holdNumber(
  { linekeeper, tell, witness, read }: Actors,
  imported: ReturnType<typeof newUser>,
): Promise<Holder> {
  const { phone, email, accounts } = imported;
  const [userId = ''] = await linekeeper.importUsers([imported]);
  const before = await linekeeper.user(userId);
  const number = await linekeeper.lookUp(phone);
  tell.sees(read.user(before));
  tell.sees(read.number(number));
  const { claim } = number;
  witness.same('the claim', [claim?.userId, claim?.state], [userId, 'active']);
  witness.same('the login phone', before.phone, number.phone);
  witness.same(
    'the money',
    before.accounts.map(({ kind, balanceFen }) => ({ kind, amount: balanceFen })),
    accounts,
  );
  return { phone, email, userId, before };
}

/** The user gets a mail of this subject, after those before. */
export async function mailComes(
  { provinces, tell, witness }: Actors,
  { email, subject }: { email: string; subject: string },
): Promise<void> {
  const mails = await witness.until({
    what: `a mail "${subject}"`,
    ask: () => provinces.mailTo(email),
    isSo: (subjects) => subjects.at(-1) === subject,
  });
  tell.sees(`mail to the user: ${mails.at(-1)}`);
}

/** A time that the API gave. */
export function instantOf(text: string): number {
  const parsed = parseInstant(text);
  if (parsed.ok) return parsed.value;
  throw new StoryBroken(`The API should give times as RFC 3339, and gave ${text}`);
}

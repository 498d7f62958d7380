import type { NumberKey, UserId } from '../domain/ids.ts';
import { settleClaims } from './new-claim.ts';
import { type NewUser, newPhone, newUserId } from './new-user-records.ts';
import {
  type Candidate,
  type CreationTools,
  giveUp,
  heldBack,
  type Taken,
  withdraw,
  write,
} from './new-user-steps.ts';

/** What came of creating a user. `toWake`: the number whose life has to look at the new claim, until then watched by the sweep. */
export type CreatedUser =
  | { readonly ok: true; readonly userId: UserId; readonly toWake: NumberKey | null }
  | { readonly ok: false; readonly code: Taken };

/** One user of a call, under the id of one attempt. */
interface Attempt extends Candidate {
  /** Its place in the call. */
  readonly index: number;
  readonly attempt: number;
}

/**
 * Creates users, each with all that belongs to it or nothing: pending user, customer, accounts, handles, then
 * the claim, whose write is the commit point, and the opening. After a crash anywhere, called again for the same
 * origins, it goes on where it stopped; if nobody does, the sweep opens or removes the users. Each step is one write for
 * all of them. Of two that want the same one gets it; which one is certain only where they come in two calls.
 */
export async function createUsers(tools: CreationTools, users: readonly NewUser[]): Promise<CreatedUser[]> {
  const outcomes = new Map<number, CreatedUser>();
  let attempts = users.map((user, index) => attemptOf({ user, index, attempt: 0 }));
  while (attempts.length > 0) {
    const { settled, again } = await advance(tools, attempts);
    for (const [{ index }, outcome] of settled) outcomes.set(index, outcome);
    attempts = again;
  }
  return users.flatMap((_, index) => outcomes.get(index) ?? []);
}

/** Creates one user, as `createUsers` does. */
export async function createUser(tools: CreationTools, user: NewUser): Promise<CreatedUser> {
  const [created] = await createUsers(tools, [user]);
  if (created === undefined) throw new Error('A user that was to be created came to no end');
  return created;
}

const attemptOf = (about: Omit<Attempt, 'userId'>): Attempt => ({
  ...about,
  userId: newUserId(about.user.origin, about.attempt),
});

const phonesOf = ({ user, userId }: Candidate) =>
  user.phone === null ? [] : [newPhone(userId, user.phone.numberKey)];

/** Takes users as far as they come in one go. `again` are those that others have meddled with meanwhile. */
async function advance(
  tools: CreationTools,
  attempts: readonly Attempt[],
): Promise<{ settled: [Attempt, CreatedUser][]; again: Attempt[] }> {
  const { store } = tools;
  const settled: [Attempt, CreatedUser][] = [];
  const again: Attempt[] = [];

  const users = await store.users.findMany(attempts.map(({ userId }) => userId));
  const known = new Map(users.map((user) => [user.userId, user]));
  for (const attempt of attempts) {
    const user = known.get(attempt.userId);
    if (user?.status !== 'abandoned') continue;
    await withdraw(tools, user);
    again.push(attemptOf({ ...attempt, attempt: attempt.attempt + 1 }));
  }
  const having = (...statuses: (string | undefined)[]) =>
    attempts.filter(({ userId }) => statuses.includes(known.get(userId)?.status));

  const created = having('open', 'closed');
  const held = await heldBack(tools, having(undefined));
  const isHeld = new Set(held.map(({ candidate }) => candidate));
  const fresh = having(undefined).filter((attempt) => !isHeld.has(attempt));
  const begun = having('pending');
  const late = await write(tools, { fresh, begun });
  const isLate = new Set(late.map(({ candidate }) => candidate));
  const written = [...fresh, ...begun].filter((attempt) => !isLate.has(attempt));

  const toWake = await settleClaims(tools, [...created, ...written].flatMap(phonesOf));
  const opened = await store.users.commitMany(written.map(({ userId }) => userId));
  for (const attempt of [...created, ...written]) {
    const { userId, user } = attempt;
    const numberKey = user.phone?.numberKey;
    const wake = numberKey !== undefined && toWake.has(numberKey) ? numberKey : null;
    // One that can't be opened any more was given up by the sweep.
    if (written.includes(attempt) && !opened.has(userId)) again.push(attempt);
    else settled.push([attempt, { ok: true, userId, toWake: wake }]);
  }
  for (const { candidate, code } of [...held, ...late]) {
    if (await giveUp(tools, candidate)) settled.push([candidate, { ok: false, code }]);
    else again.push(candidate);
  }
  return { settled, again };
}

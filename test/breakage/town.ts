import type { Caller, Delivered, ShownUser } from './caller.ts';
import { createPeople, type Person } from './people.ts';
import { claimedAt, joinedAt, type Story } from './stories.ts';

/** A person with a user whose login phone is their number, and the story of that number. */
export interface Resident extends Person {
  readonly story: Story;
  readonly userId: string;
  readonly claimId: string;
  readonly numberKey: string;
  /** The user before anything happened. */
  readonly before: ShownUser;
}

/** The line of an import for a person. */
export const importLineOf = (person: Person, phoneClaimedAt: string): object => {
  const { phone, nickname, email, emailVerified, password, name, idNumber, balanceFen } = person;
  return {
    phone,
    nickname,
    email,
    emailVerified,
    password,
    identity: { name, idNumber, verified: true },
    registeredAt: claimedAt,
    phoneClaimedAt,
    accounts: [
      { kind: 'balance', amount: balanceFen },
      { kind: 'points', amount: 77 },
    ],
  };
};

/** Settles people with lines and imported users. Story by story in turn, so that each has as many of them. */
export async function settleTown({
  caller,
  stories,
  count,
  firstNumber,
}: {
  caller: Caller;
  stories: readonly Story[];
  count: number;
  firstNumber: number;
}): Promise<Resident[]> {
  const people = createPeople({ count, firstNumber });
  await Promise.all(people.map((person) => caller.putLine(person, joinedAt)));
  await caller.importedUsers(
    await caller.sendImport(people.map((person) => importLineOf(person, claimedAt))),
  );
  return Promise.all(
    people.map(async (person, index): Promise<Resident> => {
      const { numberKey, claim } = await caller.lookUp(person.phone);
      const story = stories[index % stories.length];
      if (!claim || !story) throw new Error('an imported user has no claim');
      const { claimId, userId } = claim;
      return { ...person, story, userId, claimId, numberKey, before: await caller.user(userId) };
    }),
  );
}

/**
 * Lets the story of each number happen: side by side, each in its own order. Gives the first answers to all events, and
 * tells `hear` of each as it comes.
 */
export async function tell(
  caller: Caller,
  residents: readonly Resident[],
  hear: (delivered: Delivered) => void = () => undefined,
): Promise<Delivered[]> {
  const delivered = await Promise.all(
    residents.map(async (resident) => {
      const answers: Delivered[] = [];
      for (const { change, more } of resident.story.changes) {
        const answer = await caller.change(resident.phone, change, more?.(resident));
        hear(answer);
        answers.push(answer);
      }
      return answers;
    }),
  );
  return delivered.flat();
}

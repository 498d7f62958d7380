import type { Caller, ShownItem, ShownMail } from './caller.ts';
import type { Inside } from './inside.ts';
import type { Resident } from './town.ts';

/** All that can be seen of what became of one number. */
interface Outcome {
  readonly resident: Resident;
  readonly timeline: readonly ShownItem[];
  readonly mails: readonly ShownMail[];
  readonly epoch: number | undefined;
}

/** The effects that end what was granted to the user before. */
const raisesEpoch = (code: string): boolean => code === 'claim.suspended' || code === 'claim.released';

/**
 * Compares what became of each number with its story; gives what is wrong. Called when everything is done:
 * - I6: what was acknowledged took effect, exactly once: on the claim, on the user's epoch, and by one mail each. A mail
 *   may be there twice, for SMTP can't tell a lost answer from a lost mail, but then under one Message-ID.
 * - I7: a late notice changed nothing. I3: no user, account or money changed. I1: the number has its right holder.
 * - I8: no workflow is stuck or failed.
 * `newHolders` maps numbers that were claimed anew, later, to their users.
 */
export async function faultsOf({
  caller,
  inside,
  residents,
  newHolders = new Map(),
}: {
  caller: Caller;
  inside: Inside;
  residents: readonly Resident[];
  newHolders?: ReadonlyMap<string, string>;
}): Promise<string[]> {
  const [mails, epochs, disagreements, failed] = await Promise.all([
    caller.mails(),
    inside.epochs(residents.map(({ userId }) => userId)),
    inside.disagreements(),
    inside.failedWorkflows(),
  ]);
  const faults = [...disagreements, ...failed.map((id) => `${id} failed`)];
  for (const resident of residents) {
    const [number, timeline, user] = await Promise.all([
      caller.lookUp(resident.phone),
      caller.timelineOf(resident),
      caller.user(resident.userId),
    ]);
    const { story, claimId, userId, before } = resident;
    const holder = story.keeps ? userId : (newHolders.get(resident.phone) ?? null);
    const compared: [what: string, is: unknown, shouldBe: unknown][] = [
      ['holder', number.claim?.userId ?? null, holder],
      ['state of the claim', number.claim?.state ?? null, holder === null ? null : 'active'],
      ['user', user, { ...before, phone: story.keeps ? before.phone : null }],
    ];
    const found = compared
      .map(([what, is, shouldBe]) => [what, JSON.stringify(is), JSON.stringify(shouldBe)])
      .filter(([, is, shouldBe]) => is !== shouldBe)
      .map(([what, is, shouldBe]) => `${what} is ${is}, not ${shouldBe}`);
    if (story.keeps && number.claim?.claimId !== claimId) found.push('claimed anew');
    if (!['completed', undefined].includes(number.workflow?.status)) {
      found.push(`workflow ${number.workflow?.status}`);
    }
    const outcome: Outcome = {
      resident,
      timeline,
      mails: mails.filter(({ to }) => to === resident.email),
      epoch: epochs.get(userId),
    };
    faults.push(...[...found, ...effectFaults(outcome)].map((fault) => `${story.name}: ${fault}`));
  }
  return faults;
}

/** What is wrong with what was done, how often, and who was told. */
function effectFaults({ resident, timeline, mails, epoch }: Outcome): string[] {
  const { story, claimId, emailVerified } = resident;
  const own = timeline.filter(({ details }) => details.claimId === claimId).map(({ code }) => code);
  const effects = own.filter((code) => code.startsWith('claim.') && code !== 'claim.created');
  const events = timeline.filter(({ kind }) => kind === 'event').length;
  const told = own.filter((code) => code === 'notice.delivered').length;
  const letters = new Set(mails.map(({ messageId }) => messageId)).size;
  const granted = effects.filter(raisesEpoch).length;
  const owed = emailVerified ? effects.length : 0;
  return [
    ...(story.effects.some((row) => row.join() === effects.join()) ? [] : [`effects are ${effects.join()}`]),
    ...(events === story.events ? [] : [`${events} events are known, not ${story.events}`]),
    ...(epoch === granted ? [] : [`epoch is ${epoch}, not ${granted}`]),
    ...(told === owed ? [] : [`${told} notices were delivered, not ${owed}`]),
    ...(letters === owed ? [] : [`${letters} mails came, not ${owed}`]),
  ];
}

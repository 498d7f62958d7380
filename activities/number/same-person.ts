import type { Carriers } from '../../carriers/carriers.ts';
import type { CarrierAnswer, Home, MatchResult } from '../../carriers/gateway.ts';
import { CarrierUnavailable } from '../../carriers/gateway.ts';
import type { SamePersonCheck } from '../../domain/claim.ts';
import type { NumberKey } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { Duty } from '../../domain/number/plan.ts';
import { normaliseName } from '../../domain/person-name.ts';
import type { Store } from '../../store/store.ts';

/** A question to the number's present system. */
export interface SamePersonInput {
  readonly numberKey: NumberKey;
  readonly duty: Extract<Duty, { kind: 'ask-same-person' }>;
  readonly home: Home;
  /** The workflow's time. */
  readonly at: Instant;
  readonly correlator: string;
}

/** The first repetition comes soon, for most troubles are short; a province that is away for a day is asked hourly. */
const firstAgainAfter: DurationMs = 5_000;
const againAtMostAfter: DurationMs = 3_600_000;

/** What a carrier's answer means for the claim. What it can't say is never read as yes or no. */
function readAnswer(answer: CarrierAnswer<MatchResult>): SamePersonCheck['answer'] {
  if (answer.kind === 'no-capability') return 'no-capability';
  if (answer.kind !== 'answer') return 'undecided';
  const meaning = { match: 'same', 'no-match': 'other', 'no-customer': 'no-customer' } as const;
  return meaning[answer.value];
}

/** Asking a carrier whether a number went to the same person again. Runs on the queue of the system that is asked. */
export function createSamePersonActivities({ store, carriers }: { store: Store; carriers: Carriers }) {
  const ask = async ({ numberKey, duty, home }: SamePersonInput): Promise<SamePersonCheck['answer']> => {
    const [number, user] = await Promise.all([store.numbers.find(numberKey), store.users.find(duty.userId)]);
    const customer = user?.customerId ? await store.customers.find(user.customerId) : null;
    if (!number || !customer) return 'no-customer';
    try {
      const { name, idNumber } = customer;
      const asked = { phone: number.phone, name: normaliseName(name), idNumber };
      return readAnswer(await carriers.gatewayOf(home).match(asked));
    } catch (error) {
      if (error instanceof CarrierUnavailable) return 'undecided';
      throw error;
    }
  };

  const keep = recordAnswer(store);
  return {
    /** Asks, and keeps the answer with the claim and as evidence. A carrier that is away is an answer too: `undecided`. */
    async askSamePerson(input: SamePersonInput): Promise<void> {
      await keep(input, await ask(input));
    },
  };
}

/** What is kept where nobody asked the carrier in time: no worker on its queue, or a system the registry no longer has. */
export function createUnansweredActivities({ store }: { store: Store }) {
  const keep = recordAnswer(store);
  return {
    /** Notes that the carrier gave no answer: it is asked again later, and after a week people have a case. */
    async noteUnanswered(input: SamePersonInput): Promise<void> {
      await keep(input, 'undecided');
    },
  };
}

const recordAnswer =
  (store: Store) =>
  async (
    { numberKey, duty, home, at }: SamePersonInput,
    answer: SamePersonCheck['answer'],
  ): Promise<void> => {
    const { claimId, userId, eventKey } = duty;
    const before = (await store.claims.find(numberKey))?.claim?.samePerson.find(
      (check) => check.eventKey === eventKey,
    );
    const attempts = (before?.attempts ?? 0) + 1;
    const wait = Math.min(firstAgainAfter * 2 ** (attempts - 1), againAtMostAfter);
    await store.evidence.add({
      evidenceId: `${claimId}:same-person:${eventKey}:${attempts}`,
      numberKey,
      kind: 'verdict',
      code: `same-person.${answer}`,
      at,
      actor: `carrier:${home.province}/${home.system}`,
      claimId,
      userId,
      details: { question: 'match', eventKey, attempts },
    });
    await store.claims.recordSamePerson({
      numberKey,
      claimId,
      check: {
        eventKey,
        answer,
        attempts,
        firstAskedAt: before?.firstAskedAt ?? at,
        askAgainAt: answer === 'undecided' ? at + wait : null,
      },
    });
  };

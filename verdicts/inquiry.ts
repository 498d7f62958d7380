import { UnknownSystem } from '../carriers/carriers.ts';
import {
  type CarrierAnswer,
  type CarrierCalls,
  type CarrierGateway,
  CarrierUnavailable,
  type Home,
  type LineRecord,
} from '../carriers/gateway.ts';
import type { Asked, LineFacts, MatchAnswer, Reply } from '../domain/carrier-reply.ts';
import type { Day, DurationMs, Instant } from '../domain/instant.ts';
import { normaliseName } from '../domain/person-name.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { currentCorrelator, runWithCorrelator } from '../platform/correlator.ts';
import type { LookupFor, VerdictTools } from './ports.ts';

/** A person to compare with the customer of a line. */
export interface Person {
  readonly name: string;
  readonly idNumber: string;
}

/** One round of questions to the system of one number, within one time budget. */
export interface Inquiry {
  readonly home: Home;
  /** What the system can be asked beside the line's record. */
  readonly capabilities: { readonly recycledSince: boolean; readonly match: boolean };
  /** Whether the line's record has a join date. */
  readonly tellsJoinDate: boolean;
  line(): Promise<Asked<LineFacts>>;
  recycledSince(since: Day): Promise<Asked<boolean>>;
  match(person: Person): Promise<Asked<MatchAnswer>>;
  /** How many questions went to the carrier. */
  lookups(): number;
  /** Why questions came back without an answer (`time-out`, `answer-malformed`, …), by the question. */
  reasons(): Readonly<Record<string, string>>;
}

/** What an inquiry is about. */
export interface InquiryAbout {
  readonly home: Home;
  readonly phone: PhoneNumber;
  readonly lookupFor: LookupFor;
  /** For all questions together; null leaves each to the limits of its system. */
  readonly withinMs: DurationMs | null;
  /** Goes with the questions; that of the request that is being served unless given. */
  readonly correlator?: string | undefined;
}

/** The carrier was not asked at all: our own limits kept the question back. */
const keptBack: readonly CarrierUnavailable['reason'][] = ['breaker-open', 'rate-limited'];

const factsOf = ({ status, portedIn, joined }: LineRecord): LineFacts => ({ status, portedIn, joined });

const outOfTime = Symbol('out of time');

/**
 * Begins to ask. Nothing here throws but a fault of ours: a carrier that gives no reply is `unavailable`, also one that
 * takes longer than the budget, and a system that the registry doesn't have can't say anything.
 */
export function inquire(
  tools: Pick<VerdictTools, 'carriers' | 'now' | 'onLookup'>,
  about: InquiryAbout,
): Inquiry {
  const { carriers, now, onLookup } = tools;
  const { home, phone, lookupFor, withinMs } = about;
  const source = `${home.province}/${home.system}`;
  const correlator = about.correlator ?? currentCorrelator();
  const endsAt = withinMs === null ? null : performance.now() + withinMs;
  const reasons: Record<string, string> = {};
  let lookups = 0;

  const gateway = gatewayOf(carriers, home);

  const noteLookup = (call: keyof CarrierCalls) => {
    lookups += 1;
    onLookup?.({ lookupFor, call });
  };

  const ask = async <T>(
    question: string,
    call: keyof CarrierCalls,
    put: (gateway: CarrierGateway) => Promise<CarrierAnswer<T>>,
  ): Promise<Asked<T>> => {
    const replied = (reply: Reply<T>, reason?: string): Asked<T> => {
      if (reason !== undefined) reasons[`${question} reason`] = reason;
      return { source, at: now(), reply };
    };
    if (gateway === null) return replied({ kind: 'cannot-say' }, 'system-unknown');
    const left = endsAt === null ? null : endsAt - performance.now();
    if (left !== null && left <= 0) return replied({ kind: 'unavailable' }, 'out-of-time');
    const asking = () => put(gateway);
    try {
      const answer = await within(
        left,
        correlator === undefined ? asking() : runWithCorrelator(correlator, asking),
      );
      if (answer === outOfTime) {
        noteLookup(call);
        return replied({ kind: 'unavailable' }, 'out-of-time');
      }
      if (answer.kind !== 'no-capability') noteLookup(call);
      return answer.kind === 'cannot-say' ? replied({ kind: 'cannot-say' }, answer.reason) : replied(answer);
    } catch (error) {
      if (!(error instanceof CarrierUnavailable)) throw error;
      if (!keptBack.includes(error.reason)) noteLookup(call);
      return replied({ kind: 'unavailable' }, error.reason);
    }
  };

  return {
    home,
    capabilities: {
      recycledSince: gateway?.capabilities.recycledSince ?? false,
      match: gateway?.capabilities.match ?? false,
    },
    tellsJoinDate: gateway !== null && gateway.capabilities.joinDate !== 'absent',
    async line() {
      return ask('line', 'queryLine', async (system) => {
        const answer = await system.queryLine({ phone });
        return answer.kind === 'answer' ? { kind: 'answer', value: factsOf(answer.value) } : answer;
      });
    },
    recycledSince: (since) =>
      ask(`recycledSince ${since}`, 'recycledSince', (system) => system.recycledSince({ phone, since })),
    match: ({ name, idNumber }) =>
      ask('match', 'match', (system) => system.match({ phone, name: normaliseName(name), idNumber })),
    lookups: () => lookups,
    reasons: () => reasons,
  };
}

function gatewayOf(carriers: VerdictTools['carriers'], home: Home): CarrierGateway | null {
  try {
    return carriers.gatewayOf(home);
  } catch (error) {
    if (error instanceof UnknownSystem) return null;
    throw error;
  }
}

/** The answer, or that it took too long: then whatever it comes to is left alone. */
async function within<T>(left: DurationMs | null, answer: Promise<T>): Promise<T | typeof outOfTime> {
  if (left === null) return answer;
  const { promise: late, resolve } = Promise.withResolvers<typeof outOfTime>();
  const timer = setTimeout(() => resolve(outOfTime), left);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** When the oldest of some replies was given; null where there are none. */
export const oldestOf = (asked: readonly Asked<unknown>[]): Instant | null =>
  asked.length === 0 ? null : Math.min(...asked.map(({ at }) => at));

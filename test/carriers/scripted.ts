import { type Carriers, UnknownSystem } from '../../carriers/carriers.ts';
import {
  type CannotSayReason,
  type Capabilities,
  type CarrierAnswer,
  type CarrierCalls,
  type CarrierGateway,
  CarrierUnavailable,
  type Home,
  type LineRecord,
  type MatchResult,
  type UnavailableReason,
} from '../../carriers/gateway.ts';
import type { Registry } from '../../carriers/registry.ts';
import type { Day } from '../../domain/instant.ts';

/** A reply that tells nothing: of the carrier's, or none at all. `silent` never comes. */
type Nothing = 'not-found' | 'no-capability' | CannotSayReason | UnavailableReason | 'silent';

/** What the carriers of a test say. What is left out stays as it was said last; at first no number is found. */
export interface CarrierSays {
  /** A record, or part of one: a held line that joined on 1 January 2020, unless said otherwise. */
  readonly line?: Partial<LineRecord> | Nothing;
  /** A join day of which the question is answered, or the answer itself. */
  readonly recycledSince?: boolean | ((since: Day) => boolean) | Nothing;
  readonly match?: MatchResult | Nothing;
  /** Beside a join date to the second, and a match. */
  readonly capabilities?: Partial<Capabilities>;
  /** Everything is answered by this alone: `time-out`, `connection-failed`, `silent`, … */
  readonly all?: Nothing;
}

const heldLine: LineRecord = {
  lineId: 'L-1',
  status: 'in-use',
  portedIn: false,
  joined: { precision: 'second', at: Date.parse('2020-01-01T12:00:00+08:00') },
};

const answer = <T>(value: T): CarrierAnswer<T> => ({ kind: 'answer', value });

/** The gateways of a registry's systems, with a script in the place of the wire. All systems say the same. */
export function createScriptedCarriers(registry: Registry) {
  const atFirst: CarrierSays = { line: 'not-found', recycledSince: 'not-found', match: 'not-found' };
  let script = atFirst;
  const asked: { call: keyof CarrierCalls; home: Home; about?: Day | { name: string } }[] = [];
  const end = Promise.withResolvers<void>();

  const nothing = async (home: Home, what: Nothing): Promise<CarrierAnswer<never>> => {
    switch (what) {
      case 'not-found':
      case 'no-capability':
        return { kind: what };
      case 'answer-malformed':
      case 'answer-contradictory':
      case 'request-refused':
        return { kind: 'cannot-say', reason: what };
      case 'silent':
        await end.promise;
        throw new CarrierUnavailable({ home, reason: 'time-out' });
      default:
        throw new CarrierUnavailable({ home, reason: what });
    }
  };

  const gatewayOf = (home: Home): CarrierGateway => {
    const declared = registry.systemOf(home.province, home.system)?.capabilities;
    if (!declared) throw new UnknownSystem(home);
    return {
      home,
      get capabilities() {
        return { ...declared, joinDate: 'second' as const, match: true, ...script.capabilities };
      },
      async queryLine() {
        asked.push({ call: 'queryLine', home });
        const said = script.all ?? script.line ?? 'not-found';
        return typeof said === 'string' ? nothing(home, said) : answer({ ...heldLine, ...said });
      },
      async recycledSince({ since }) {
        asked.push({ call: 'recycledSince', home, about: since });
        const said = script.all ?? script.recycledSince ?? 'not-found';
        if (typeof said === 'string') return nothing(home, said);
        return answer(typeof said === 'boolean' ? said : said(since));
      },
      async match({ name }) {
        asked.push({ call: 'match', home, about: { name } });
        const said = script.all ?? script.match ?? 'not-found';
        return said === 'match' || said === 'no-match' || said === 'no-customer'
          ? answer(said)
          : nothing(home, said);
      },
    };
  };

  const carriers: Carriers = { gatewayOf };
  return {
    carriers,
    /** What they say from now on. `all` holds until the next word. */
    says(more: CarrierSays) {
      const { all: _, ...before } = script;
      script = { ...before, ...more };
    },
    /** What they were asked since the last look, oldest first. */
    lookups: () => asked.splice(0).map(({ call }) => call),
    /** As `lookups`, with whom and about what. */
    questions: () => asked.splice(0),
    /** As at first; nothing was asked. */
    reset() {
      script = atFirst;
      asked.length = 0;
    },
    /** Ends questions that never were answered. */
    close: () => end.resolve(),
  };
}

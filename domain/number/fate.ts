import type { SamePersonCheck } from '../claim.ts';
import type { Instant } from '../instant.ts';
import type { Joined } from '../joined.ts';
import type { NumberEvent } from './event.ts';
import { effectiveEvents } from './event.ts';
import { type Freeze, freezeEndsAt } from './freeze.ts';
import { endsUnseenTenancy, restatesBeginning } from './history.ts';

/**
 * What became of the tenancy that a claim was made in, by the events alone: `held` (it goes on), `frozen` (it was
 * cancelled, nobody holds the number), `recycled` (a new tenancy began).
 */
export type Fate =
  | { readonly kind: 'held'; readonly anchoredAt: Instant }
  | { readonly kind: 'frozen'; readonly since: Instant; readonly eventKey: string }
  | {
      readonly kind: 'recycled';
      readonly at: Instant;
      readonly by: 'reissued' | 'transferred';
      readonly eventKey: string;
    };

/** What the fate of a claim depends on. A claim that is held and one that was released are judged alike. */
export interface FateQuestion {
  readonly claim: {
    readonly claimedAt: Instant;
    readonly tenancy: { readonly joined: Joined } | null;
    readonly samePerson: readonly SamePersonCheck[];
    /** When a verdict found the same person in a later tenancy than the one that was claimed. */
    readonly confirmedAt?: Instant;
  };
  readonly events: readonly NumberEvent[];
  readonly freeze: Freeze;
  /** Whether a cancellation releases the claim at once (a province's policy), so that no new tenancy comes in time. */
  readonly atOnce: boolean;
}

const joinedOf = (event: NumberEvent): Joined => event.joined ?? { precision: 'second', at: event.at };

/** Whether the tenancy that an event speaks of surely began after an instant. Days and bands may overlap it: they don't say. */
const beganAfter = ({ joined }: NumberEvent, at: Instant): boolean =>
  joined?.precision === 'second' && joined.at > at;

/** Whether it surely began before: then a reissue that is heard of later is the one that the claim was made in. */
const beganBefore = ({ joined }: NumberEvent, at: Instant): boolean =>
  joined?.precision === 'second' && joined.at <= at;

/**
 * Walks the events that lie after the claim (I7: an earlier one says nothing of it) from boundary to boundary. Where
 * the carrier confirmed, for a boundary, that the same person holds the number again, the claim goes on from there.
 */
export function fateOf({ claim, events, freeze, atOnce }: FateQuestion): Fate {
  const heldSince = claim.confirmedAt ?? claim.claimedAt;
  // A carrier's clock may be fast: what was known before the claim was made can't have happened after it.
  const after = effectiveEvents(events).filter((event) => Math.min(event.at, event.receivedAt) > heldSince);
  const same = new Set(
    claim.samePerson.filter(({ answer }) => answer === 'same').map(({ eventKey }) => eventKey),
  );
  const from = after.findLastIndex((event) => same.has(event.key));
  const samePersonSince = after[from];

  const joined = samePersonSince ? joinedOf(samePersonSince) : (claim.tenancy?.joined ?? null);
  const held = { kind: 'held', anchoredAt: samePersonSince?.at ?? heldSince } as const;
  let fate: Fate = held;

  /** Whether the claim was to be released before this event came: then the event finds nothing to recycle. */
  const comesTooLate = (event: NumberEvent): boolean =>
    fate.kind === 'frozen' && event.at >= (atOnce ? fate.since : freezeEndsAt(fate.since, freeze));

  for (const event of after.slice(from + 1)) {
    switch (event.type) {
      case 'number.cancelled':
        if (fate.kind === 'held') {
          fate = { kind: 'frozen', since: event.at, eventKey: event.key };
        } else if (fate.kind === 'frozen' && endsUnseenTenancy(event, fate.since, freeze)) {
          if (comesTooLate(event)) return fate;
          return { kind: 'recycled', at: event.at, by: 'reissued', eventKey: event.key };
        }
        break;
      case 'number.reclaimed':
        if (fate.kind !== 'frozen') break;
        // A tenancy that began after the claim is another one: its holder took it back, not the claim's.
        if (beganAfter(event, held.anchoredAt)) {
          return { kind: 'recycled', at: event.at, by: 'reissued', eventKey: event.key };
        }
        fate = held;
        break;
      case 'number.transferred':
        if (comesTooLate(event)) return fate;
        return { kind: 'recycled', at: event.at, by: 'transferred', eventKey: event.key };
      case 'number.reissued':
        if (fate.kind === 'held' && (restatesBeginning(event, joined) || beganBefore(event, heldSince)))
          break;
        if (comesTooLate(event)) return fate;
        return { kind: 'recycled', at: event.at, by: 'reissued', eventKey: event.key };
      default:
        break;
    }
  }
  return fate;
}

/** When the freeze that a frozen claim waits for is over. */
export const thawsAt = (fate: Extract<Fate, { kind: 'frozen' }>, freeze: Freeze): Instant =>
  freezeEndsAt(fate.since, freeze);

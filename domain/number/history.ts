import type { Instant } from '../instant.ts';
import type { Joined } from '../joined.ts';
import { sameJoined } from '../joined.ts';
import type { NumberEvent } from './event.ts';
import { effectiveEvents } from './event.ts';
import { type Freeze, freezeEndsAt } from './freeze.ts';

/** One customer's continuous hold of the number (使用期), as far as it was reported. */
export interface Tenancy {
  /** The join date that the carrier gave; null where it never said. */
  readonly joined: Joined | null;
  /** The instant the tenancy began by an event; null where its beginning was never reported. */
  readonly begunAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: 'cancelled' | 'transferred' | 'reissued' | null;
  /** The feed that told of it, as `province/system`. */
  readonly source: string;
}

/**
 * What the reported events say of a number, without a clock: `unknown` (nothing was reported of its present tenancy),
 * `in-use`, `suspended` (停机, somebody holds it), `ended` (nobody holds it: frozen, and later reassignable).
 */
export interface NumberLife {
  readonly phase: 'unknown' | 'in-use' | 'suspended' | 'ended';
  /** All tenancies that were reported, oldest first. The last one is what the phase speaks of, unless `unknown`. */
  readonly tenancies: readonly Tenancy[];
  /** Where the number lives since it was ported (携号转网); null while it never was. */
  readonly home: { readonly province: string; readonly system: string } | null;
}

/** The state of a number as people see it. `reassignable`: the freeze is over, nobody was given it yet. */
export type NumberState = 'in-use' | 'suspended' | 'frozen' | 'reassignable' | 'unknown';

/** What is known of a number: its events, and the instants at which somebody proved to hold it by a code. */
export interface NumberHistory {
  readonly events: readonly NumberEvent[];
  /** `claimedAt` of every claim there ever was: whoever proved a code then was the holder then. */
  readonly provenAt: readonly Instant[];
}

/** Events and proofs by time; an event at the very instant of a proof comes first, for it touches only earlier claims. */
function stepsOf({ events, provenAt }: NumberHistory): Step[] {
  const steps: Step[] = [
    ...effectiveEvents(events).map((event) => ({ at: event.at, event })),
    ...provenAt.map((at) => ({ at, event: null })),
  ];
  return steps.sort((a, b) => a.at - b.at);
}

type Step = { readonly at: Instant; readonly event: NumberEvent | null };

const sourceOf = (event: NumberEvent): string => `${event.province}/${event.system}`;

/** A tenancy that begins with this event. */
const beginning = (event: NumberEvent): Tenancy => ({
  joined: event.joined ?? { precision: 'second', at: event.at },
  begunAt: event.at,
  endedAt: null,
  endReason: null,
  source: sourceOf(event),
});

/** A tenancy that must have been running when this event came, though nobody reported its beginning. */
const alreadyRunning = (event: NumberEvent): Tenancy => ({
  ...beginning(event),
  joined: event.joined,
  begunAt: null,
});

const begin = (life: NumberLife, tenancy: Tenancy): NumberLife => ({
  ...life,
  phase: 'in-use',
  tenancies: [...life.tenancies, tenancy],
});

const end = (
  life: NumberLife,
  endedAt: Instant,
  endReason: NonNullable<Tenancy['endReason']>,
): NumberLife => ({
  ...life,
  phase: 'ended',
  tenancies: life.tenancies.map((tenancy, index) =>
    index === life.tenancies.length - 1 ? { ...tenancy, endedAt, endReason } : tenancy,
  ),
});

/** Makes sure that there is a running tenancy for an event which presupposes one. */
const presume = (life: NumberLife, event: NumberEvent): NumberLife =>
  life.phase === 'unknown' ? begin(life, alreadyRunning(event)) : life;

/**
 * Tells whether an event that begins a tenancy only repeats, under another id, the beginning of the one that is known:
 * a carrier with several systems reports one reissue twice.
 */
export function restatesBeginning(event: NumberEvent, joined: Joined | null): boolean {
  return event.joined !== null && joined !== null && sameJoined(event.joined, joined);
}

/**
 * Tells whether a cancellation of a number that was already cancelled speaks of a tenancy nobody reported the
 * beginning of. Within the freeze, and without a later join date, it is the same cancellation said again.
 */
export function endsUnseenTenancy(event: NumberEvent, endedAt: Instant, freeze: Freeze): boolean {
  if (event.joined?.precision === 'second' && event.joined.at > endedAt) return true;
  return event.at >= freezeEndsAt(endedAt, freeze);
}

type Transition = (life: NumberLife, event: NumberEvent, freeze: Freeze) => NumberLife;
const unchanged: Transition = (life) => life;

/** What each event does to a number's life. An event that doesn't fit what went before changes nothing. */
const transitions: Record<NumberEvent['type'], Transition> = {
  'number.cancelled': (life, event, freeze) => {
    const endedAt = presentTenancy(life)?.endedAt ?? null;
    if (endedAt === null) return end(presume(life, event), event.at, 'cancelled');
    if (!endsUnseenTenancy(event, endedAt, freeze)) return life;
    return end(begin(life, alreadyRunning(event)), event.at, 'cancelled');
  },
  'number.transferred': (life, event) => {
    const ended =
      life.phase === 'ended' ? life : end(presume(life, { ...event, joined: null }), event.at, 'transferred');
    return begin(ended, beginning(event));
  },
  'number.reissued': (life, event) => {
    const running = life.phase === 'ended' ? null : presentTenancy(life);
    if (running === null) return begin(life, beginning(event));
    return restatesBeginning(event, running.joined)
      ? life
      : begin(end(life, event.at, 'reissued'), beginning(event));
  },
  'number.reclaimed': (life) => {
    const ended = presentTenancy(life);
    if (ended?.endReason !== 'cancelled') return life;
    return begin(
      { ...life, tenancies: life.tenancies.slice(0, -1) },
      { ...ended, endedAt: null, endReason: null },
    );
  },
  'number.ported': (life, event) => ({
    ...presume(life, event),
    home: { province: event.province, system: event.system },
  }),
  'number.suspended': (life, event) => {
    const running = presume(life, event);
    return running.phase === 'in-use' ? { ...running, phase: 'suspended' } : running;
  },
  'number.restored': (life, event) => {
    const running = presume(life, event);
    return running.phase === 'suspended' ? { ...running, phase: 'in-use' } : running;
  },
  'binding.dissolved': unchanged,
  'event.retracted': unchanged,
};

/**
 * The number's life as a pure fold of all that is known, whatever order it came in. A claim's proof in a
 * time when nobody held the number, by the events, shows that a tenancy began unseen: from then on it is `unknown`.
 */
export function foldHistory(history: NumberHistory, freeze: Freeze): NumberLife {
  let life: NumberLife = { phase: 'unknown', tenancies: [], home: null };
  for (const { event } of stepsOf(history)) {
    if (event !== null) life = transitions[event.type](life, event, freeze);
    else if (life.phase === 'ended') life = { ...life, phase: 'unknown' };
  }
  return life;
}

/** The tenancy that the number's state speaks of: the running one, or the last that ended; null while nothing is known. */
export const presentTenancy = (life: NumberLife): Tenancy | null =>
  life.phase === 'unknown' ? null : (life.tenancies.at(-1) ?? null);

/** When the freeze of a number that nobody holds ends, or ended; null while somebody does. */
export function freezeEndOf(life: NumberLife, freeze: Freeze): Instant | null {
  const endedAt = life.phase === 'ended' ? presentTenancy(life)?.endedAt : null;
  return endedAt == null ? null : freezeEndsAt(endedAt, freeze);
}

/** The state of the number at an instant: only the step from frozen to reassignable needs the clock. */
export function stateAt(life: NumberLife, freeze: Freeze, now: Instant): NumberState {
  if (life.phase !== 'ended') return life.phase;
  const endsAt = freezeEndOf(life, freeze);
  return endsAt !== null && now < endsAt ? 'frozen' : 'reassignable';
}

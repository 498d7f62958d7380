import type { LineChange } from './caller.ts';
import type { Person } from './people.ts';

/** What happens to one number, and what must have come of it when all is done. */
export interface Story {
  readonly name: string;
  /** What its carrier does and reports, in this order. */
  readonly changes: readonly { readonly change: LineChange; readonly more?: (holder: Person) => object }[];
  /** How many different events that makes. */
  readonly events: number;
  /** Whether the user has the number as login phone in the end. */
  readonly keeps: boolean;
  /** The effects on the claim, in order: one of these rows. There are two where something may be seen later than it was. */
  readonly effects: readonly (readonly string[])[];
}

/** Somebody else, who gets numbers that were others'. */
export const stranger = { name: '独孤寒江', idNumber: '51010419930707029X' };

/** All joined before they claimed their numbers. */
export const joinedAt = '2023-01-15T10:00:00+08:00';
export const claimedAt = '2024-05-01T00:00:00Z';

const beforeJoining = '2022-06-01T09:00:00+08:00';
const anHour = 3_600_000;

/** An outage may be as long as the freeze: whoever looks only then has nothing to suspend any more. */
const frozenAndOver = [['claim.suspended', 'claim.released'], ['claim.released']];
/** Seen in turn, or both together, or the second one when the freeze was over. */
const takenBack = [
  ['claim.suspended', 'claim.restored'],
  [],
  ['claim.suspended', 'claim.released', 'claim.given-back'],
  ['claim.released', 'claim.given-back'],
];

/** Every story that a claim can come to by events alone. */
export const stories: readonly Story[] = [
  { name: 'left alone', changes: [], events: 0, keeps: true, effects: [[]] },
  {
    name: 'suspended by its carrier and restored',
    changes: [{ change: 'suspend' }, { change: 'restore' }],
    events: 2,
    keeps: true,
    effects: [[]],
  },
  {
    name: 'cancelled',
    changes: [{ change: 'cancel' }],
    events: 1,
    keeps: false,
    effects: frozenAndOver,
  },
  {
    name: 'cancelled and told three times more',
    changes: [{ change: 'cancel' }, { change: 'replay', more: () => ({ count: 3 }) }],
    events: 1,
    keeps: false,
    effects: frozenAndOver,
  },
  {
    name: 'cancelled long ago, told now',
    changes: [{ change: 'cancel', more: () => ({ at: new Date(Date.now() - anHour).toISOString() }) }],
    events: 1,
    keeps: false,
    effects: [['claim.released']],
  },
  {
    name: 'cancelled and reclaimed',
    changes: [{ change: 'cancel' }, { change: 'reclaim' }],
    events: 2,
    keeps: true,
    effects: takenBack,
  },
  {
    name: 'cancelled by mistake',
    changes: [{ change: 'cancel' }, { change: 'retract' }],
    events: 2,
    keeps: true,
    effects: takenBack,
  },
  {
    name: 'cancelled and given to another',
    changes: [{ change: 'cancel' }, { change: 'reissue', more: () => ({ identity: stranger }) }],
    events: 2,
    keeps: false,
    effects: frozenAndOver,
  },
  {
    name: 'transferred to another',
    changes: [{ change: 'transfer', more: () => ({ identity: stranger }) }],
    events: 1,
    keeps: false,
    effects: [['claim.suspended', 'claim.released']],
  },
  {
    name: 'transferred to the same person',
    changes: [{ change: 'transfer', more: ({ name, idNumber }) => ({ identity: { name, idNumber } }) }],
    events: 1,
    keeps: true,
    effects: [['claim.suspended', 'claim.moved']],
  },
  {
    name: 'late notice about the tenancy before',
    changes: [{ change: 'cancel', more: () => ({ at: beforeJoining }) }],
    events: 1,
    keeps: true,
    effects: [[]],
  },
];

import type { Instant } from '../../domain/instant.ts';
import { accepted, type Parsed, refused } from '../../domain/parsed.ts';

/** How a line stands in a province's books. `not-in-use`: free to be given out, its freeze is over. */
export type LineStatus = 'in-use' | 'suspended' | 'frozen' | 'not-in-use';

/** What is peculiar about a line for hand trials: how its province answers when it is asked about it. */
export type Quirk = 'slow' | 'erring' | 'mute' | 'cannot-say';

/** The other two corners of the telecom triangle. */
export interface Holder {
  readonly customerId: string;
  readonly accountId: string;
}

/** One customer's hold of the number. */
export interface Tenancy {
  readonly lineId: string;
  readonly joinedAt: Instant;
  readonly endedAt: Instant | null;
  readonly endReason: 'cancelled' | 'transferred' | null;
  /** Null where the line was never registered under a real name. */
  readonly holder: Holder | null;
}

/** A number in the books of a province, with all its tenancies known there, oldest first; never without one. */
export interface Line {
  readonly phone: string;
  readonly province: string;
  readonly system: string;
  readonly status: LineStatus;
  readonly portedIn: boolean;
  readonly earlier: readonly Tenancy[];
  /** The current tenancy, or the last one while nobody holds the number. */
  readonly tenancy: Tenancy;
  readonly quirk: Quirk | null;
  /** The id of the event that told of the last change; null when nothing told of it. */
  readonly lastChange: string | null;
}

/** Something that happens to a line at a province's counter or in its systems. */
export type LineChange = { readonly at: Instant } & (
  | { readonly kind: 'cancel' | 'reclaim' | 'suspend' | 'restore' }
  | { readonly kind: 'reissue'; readonly lineId: string; readonly holder: Holder | null }
  | { readonly kind: 'transfer'; readonly holder: Holder | null }
  | { readonly kind: 'port'; readonly system: string; readonly lineId: string }
);

/** A change after it was tried on a line: how the line stands then, and what its event says. */
export interface Changed {
  readonly line: Line;
  /** A notice about an earlier tenancy, which leaves the books as they are. */
  readonly late: boolean;
  readonly event: {
    readonly type: string;
    readonly system: string;
    readonly lineId: string;
    readonly joinedAt: Instant | null;
  };
}

const eventTypes: Record<LineChange['kind'], string> = {
  cancel: 'number.cancelled',
  reclaim: 'number.reclaimed',
  reissue: 'number.reissued',
  transfer: 'number.transferred',
  suspend: 'number.suspended',
  restore: 'number.restored',
  port: 'number.ported',
};

/**
 * The statuses that a change can start from. A reissue can start from any: a province may give a number out again
 * without ever having told of its cancellation.
 */
const possibleFrom: Record<LineChange['kind'], readonly LineStatus[]> = {
  cancel: ['in-use', 'suspended'],
  reclaim: ['frozen'],
  reissue: ['in-use', 'suspended', 'frozen', 'not-in-use'],
  transfer: ['in-use', 'suspended'],
  suspend: ['in-use'],
  restore: ['suspended'],
  port: ['in-use', 'suspended'],
};

/** Whether somebody holds the number now. */
export function isHeld(line: Line): boolean {
  return line.status === 'in-use' || line.status === 'suspended';
}

/**
 * Tries a change on a line. An `at` before the last tenancy's join date makes it a late notice about an earlier one.
 * Refused (`transition_impossible`): a change that the line's status doesn't allow, and a port to where it already is.
 */
export function changeLine(line: Line, change: LineChange): Parsed<Changed> {
  const type = eventTypes[change.kind];
  if (change.at < line.tenancy.joinedAt) {
    return accepted({ line, late: true, event: { type, ...lateFacts(line, change) } });
  }
  if (!possibleFrom[change.kind].includes(line.status)) {
    return refused('transition_impossible', `A line that is ${line.status} can't ${change.kind}`);
  }
  if (change.kind === 'port' && change.system === line.system) {
    return refused('transition_impossible', 'The line is at that system already');
  }
  const changed = apply(line, change);
  const { lineId, joinedAt } = changed.tenancy;
  return accepted({ line: changed, late: false, event: { type, system: changed.system, lineId, joinedAt } });
}

function apply(line: Line, change: LineChange): Line {
  const { tenancy } = line;
  switch (change.kind) {
    case 'cancel':
      return {
        ...line,
        status: 'frozen',
        tenancy: { ...tenancy, endedAt: change.at, endReason: 'cancelled' },
      };
    case 'reclaim':
      return { ...line, status: 'in-use', tenancy: { ...tenancy, endedAt: null, endReason: null } };
    case 'suspend':
      return { ...line, status: 'suspended' };
    case 'restore':
      return { ...line, status: 'in-use' };
    case 'port':
      return {
        ...line,
        system: change.system,
        portedIn: true,
        tenancy: { ...tenancy, lineId: change.lineId },
      };
    case 'transfer':
      return begin(line, change, { lineId: tenancy.lineId, endReason: 'transferred' });
    case 'reissue':
      return { ...begin(line, change, { lineId: change.lineId, endReason: 'cancelled' }), portedIn: false };
  }
}

function begin(
  line: Line,
  { at, holder }: { at: Instant; holder: Holder | null },
  { lineId, endReason }: { lineId: string; endReason: 'cancelled' | 'transferred' },
): Line {
  const former = line.tenancy.endedAt === null ? { ...line.tenancy, endedAt: at, endReason } : line.tenancy;
  return {
    ...line,
    status: 'in-use',
    earlier: [...line.earlier, former],
    tenancy: { lineId, joinedAt: at, endedAt: null, endReason: null, holder },
  };
}

/** What a late notice says of the earlier tenancy: only what the books know of it. */
function lateFacts(line: Line, change: LineChange): Omit<Changed['event'], 'type'> {
  const begins = change.kind === 'reissue' || change.kind === 'transfer';
  const meant = line.earlier.findLast(
    ({ joinedAt, endedAt }) => joinedAt <= change.at && (endedAt === null || change.at <= endedAt),
  );
  return {
    system: change.kind === 'port' ? change.system : line.system,
    lineId: meant?.lineId ?? `${line.tenancy.lineId}-former`,
    joinedAt: begins ? change.at : (meant?.joinedAt ?? null),
  };
}

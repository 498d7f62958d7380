import type { Claim, ReleasedClaim } from '../../../domain/claim.ts';
import { asClaimId, asNumberKey, asUserId } from '../../../domain/ids.ts';
import type { NumberEvent, NumberEventType } from '../../../domain/number/event.ts';
import type { Freeze } from '../../../domain/number/freeze.ts';

/** A day on the time line that these tests use: day 0 is the epoch. */
export const day = (n: number): number => n * 86_400_000;

/** A freeze of 90 days whose jitter is at most 0.9 days. */
export const freeze: Freeze = { numberKey: asNumberKey('n1_test'), length: day(90) };

/** An event on a day. Its id names type and day, unless given. */
export function event(type: NumberEventType, at: number, more: Partial<NumberEvent> = {}): NumberEvent {
  const id = more.id ?? `${type}@${at}`;
  return {
    key: `/carriers/sichuan/mobile-5g:${id}`,
    id,
    type,
    at: day(at),
    receivedAt: day(at),
    province: 'sichuan',
    system: 'mobile-5g',
    lineId: null,
    joined: null,
    retracts: null,
    ...more,
  };
}

/** The retraction of an event, reported on a day. */
export const retraction = (of: NumberEvent, at: number): NumberEvent =>
  event('event.retracted', at, { id: `retract ${of.id}`, retracts: of.id });

/** A claim made on day 10, unless told otherwise. */
export const claim = (more: Partial<Claim> = {}): Claim => ({
  claimId: asClaimId('claim-1'),
  userId: asUserId('user-1'),
  state: 'active',
  claimedAt: day(10),
  anchoredAt: day(10),
  tenancy: null,
  bindingId: null,
  stateSince: day(10),
  samePerson: [],
  ...more,
});

/** The same claim after its release. */
export const released = (more: Partial<ReleasedClaim> = {}): ReleasedClaim => ({
  claimId: asClaimId('claim-1'),
  userId: asUserId('user-1'),
  claimedAt: day(10),
  anchoredAt: day(10),
  tenancy: null,
  samePerson: [],
  releasedAt: day(110),
  cause: { kind: 'freeze-ended', eventKey: null },
  disputed: false,
  ...more,
});

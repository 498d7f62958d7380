import type { UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { decideLeaving } from '../../domain/leaving-rules.ts';
import type { Fen } from '../../domain/money.ts';
import { holdsMoney } from '../../store/accounts.ts';
import type { ClosingEnd } from '../../store/closings.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';
import { leaveNumber } from './leave-number.ts';

/** What came of a closing so far: it may go on, it is refused, or it came to its end before. */
export type ClosingBegun =
  | { readonly kind: 'shut' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'over' };

/** Closing users that ask for it. Each step may be done again after a crash in the middle of it. */
export function createClosingActivities(tools: { store: Store; messenger: Messenger }) {
  const { store } = tools;
  return {
    /** Shuts the user's accounts, unless there is money on them: then all stay open. */
    async shutAccounts({ userId, at }: { userId: UserId; at: Instant }): Promise<ClosingBegun> {
      const closing = await store.closings.find(userId);
      if (closing?.status !== 'pending') return { kind: 'over' };
      const [user, accounts, isShut] = await Promise.all([
        store.users.find(userId),
        store.accounts.ofUser(userId),
        store.accounts.isShut(userId),
      ]);
      // Whoever had the session may no longer be the user (I2). What has begun is finished.
      if (!isShut && closing.leaving === null && user?.epoch !== closing.epoch)
        return { kind: 'refused', code: 'session_required' };
      const decision = decideLeaving({
        wants: 'close',
        activeServices: 0,
        bound: false,
        hasPhone: user?.phone != null,
        balances: accounts.filter(({ kind }) => holdsMoney(kind)).map(({ amount }) => amount as Fen),
      });
      if (decision.kind === 'refuse') {
        // A crash may have shut one of them, and the money came onto another.
        if (isShut) await store.accounts.reopen(userId);
        return { kind: 'refused', code: decision.code };
      }
      // Money may have come in since.
      if (!(await store.accounts.close({ userId, at }))) return { kind: 'refused', code: 'balance_not_zero' };
      return { kind: 'shut' };
    },

    /** The login phone leaves the user, whose sessions end. */
    async leaveLoginPhone({
      userId,
      at,
      correlator,
    }: {
      userId: UserId;
      at: Instant;
      correlator: string;
    }): Promise<void> {
      const [user, closing] = await Promise.all([store.users.find(userId), store.closings.find(userId)]);
      // A step before this one may have crashed when the phone had left the user and nothing else was done.
      const phone = user?.phone ?? closing?.leaving;
      if (!phone) return;
      if (user?.phone) await store.closings.noteLeaving(userId, user.phone);
      await leaveNumber(tools, { userId, phone, at, correlator });
    },

    /** Closes the user, and ends its sessions. False where it was given a phone meanwhile: that one has to leave first. */
    async markClosed({ userId }: { userId: UserId }): Promise<boolean> {
      return store.users.close(userId);
    },

    /** Notes what came of it. */
    async settleClosing({
      userId,
      at,
      end,
    }: {
      userId: UserId;
      at: Instant;
      end: ClosingEnd;
    }): Promise<void> {
      await store.closings.settle(userId, { ...end, at });
    },
  };
}

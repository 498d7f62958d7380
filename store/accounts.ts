import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { AccountId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { MOST_FEN } from '../domain/money.ts';
import { checkBalanced, createLedger, type EntriesPage, type LedgerEntry } from './ledger.ts';
import { insertNew, modelOf } from './schema.ts';

/** What an account holds: balance 余额, red packets 红包 (both in fen), points 积分 (in points). */
export const accountKinds = ['balance', 'redPackets', 'points'] as const;
/** One of {@link accountKinds}. */
export type AccountKind = (typeof accountKinds)[number];

/** The kinds that hold money; points aren't any. */
const moneyKinds: readonly AccountKind[] = ['balance', 'redPackets'];
/** Whether an account of this kind holds money. */
export const holdsMoney = (kind: AccountKind): boolean => moneyKinds.includes(kind);

/** An account of a user. `amount` is the sum of its ledger entries, in fen or points. */
export interface Account {
  accountId: AccountId;
  userId: UserId;
  kind: AccountKind;
  amount: number;
}

interface AccountDoc extends Omit<Account, 'accountId'> {
  _id: string;
  /** The entries that `amount` contains already, so that one applied twice counts once. */
  applied: string[];
  /** Entries that `amount` contains and the ledger may not: each is written there before it leaves this. Absent: none. */
  unbooked?: LedgerEntry[];
  /** When it was shut: nothing comes in or goes out any more. Absent or null while it is open. */
  closedAt?: Instant | null;
}

/** Money for one account from outside. */
export interface TopUp {
  /** Names the request: the same one counts once. */
  entryId: string;
  accountId: AccountId;
  /** In fen, more than none. */
  amount: number;
  source: string;
  at: Instant;
}

/**
 * What came of a top-up: counted now or before, with what is on the account since; or the account is shut, or would hold
 * more than any may.
 */
export type ToppedUp =
  | { kind: 'counted'; entry: LedgerEntry; amount: number }
  | { kind: 'closed' }
  | { kind: 'too-much' }
  | { kind: 'unknown' };

/** An account to be opened. */
export interface NewAccount extends Omit<Account, 'amount'> {
  /** The movement that brings what is in it from the start; without one it is empty. */
  opening?: LedgerEntry | undefined;
}

/** How many applied entries an account remembers: far more than can be under way for it at one time. */
const appliedKept = 200;

/** The two sides of a movement between an account and the world outside, of which no account is kept. */
const fromOutside = ({
  _id,
  kind,
  cause,
  amount,
}: Pick<AccountDoc, '_id' | 'kind'> & Pick<LedgerEntry, 'cause'> & { amount: number }) => [
  { accountId: _id, amount },
  { accountId: `system:${cause.kind}:${kind}`, amount: -amount },
];

/**
 * Accounts and their ledger. A new account's opening entry is written before it. A movement of an account that is in
 * use is first written into the account, together with its amount and only if the account is open: so it can't come
 * between a look at the amount and a closing. From there it goes to the ledger, and what a crash kept from it is
 * brought there by whoever looks at the account's entries, or by the sweep.
 */
export function createAccounts({ connection }: { connection: Connection }) {
  const model = modelOf<AccountDoc>(connection, {
    name: 'accounts',
    fields: {
      userId: { type: String, required: true },
      kind: { type: String, required: true },
      amount: { type: Number, required: true },
      applied: { type: [String], required: true },
      unbooked: { type: [Schema.Types.Mixed], default: undefined } as never,
      closedAt: { type: Number, default: null },
    },
    indexes: [
      { serves: 'accounts_of_a_user', keys: { userId: 1 } },
      { serves: 'sweep_entries_not_in_the_ledger', keys: { 'unbooked.at': 1 } },
    ],
  });
  const ledger = createLedger({ connection });

  const accountOf = ({ _id, userId, kind, amount }: AccountDoc): Account => ({
    accountId: _id as AccountId,
    userId,
    kind,
    amount,
  });

  /** Writes an entry that an account contains into the ledger, and only then out of the account. */
  const book = async (accountId: string, entry: LedgerEntry): Promise<void> => {
    await ledger.write(entry);
    await model.updateOne({ _id: accountId }, { $pull: { unbooked: { entryId: entry.entryId } } });
  };

  /** A change of an account by an entry: amount and entry in one write. */
  const withEntry = (amount: number, entry: LedgerEntry) => ({
    $inc: { amount },
    $push: { applied: { $each: [entry.entryId], $slice: -appliedKept }, unbooked: entry },
  });

  const isOpen = { closedAt: null };

  /** Shuts an account that holds no money. False when there is some. */
  const shut = async (accountId: string, closedAt: Instant): Promise<boolean> => {
    const empty = { _id: accountId, amount: { $lte: 0 }, ...isOpen };
    if (await model.findOneAndUpdate(empty, { $set: { closedAt } })) return true;
    const doc = await model.findById(accountId).lean<AccountDoc>();
    return doc?.closedAt != null;
  };

  /** Shuts an account of points: they lapse. */
  const lapse = async (accountId: string, at: Instant): Promise<void> => {
    for (;;) {
      const doc = await model.findById(accountId).lean<AccountDoc>();
      if (!doc || doc.closedAt != null) return;
      const { amount } = doc;
      const cause = { kind: 'closing' as const, ref: doc.userId as string };
      const postings = fromOutside({ ...doc, cause, amount: -amount });
      const entry: LedgerEntry = { entryId: `${accountId}:closing`, at, cause, postings };
      const closed = amount === 0 ? {} : withEntry(-amount, entry);
      const written = await model.findOneAndUpdate(
        { _id: accountId, amount, ...isOpen },
        { $set: { closedAt: at }, ...closed },
      );
      if (!written) continue;
      if (amount !== 0) await book(accountId, entry);
      return;
    }
  };

  return {
    model,

    /**
     * Opens accounts, each with what its first entry brings, or empty; one that is there already stays as it is. The
     * entries are written first, so that no amount ever stands without one.
     */
    async open(...accounts: NewAccount[]): Promise<void> {
      const openings = accounts.flatMap(({ opening }) => opening ?? []);
      await ledger.write(...openings);
      await insertNew(
        model,
        accounts.map(({ accountId, opening, ...rest }) => ({
          ...rest,
          _id: accountId as string,
          amount: opening?.postings.find((posting) => posting.accountId === accountId)?.amount ?? 0,
          applied: opening ? [opening.entryId] : [],
        })),
      );
    },

    async find(accountId: AccountId): Promise<Account | null> {
      const doc = await model.findById(accountId).lean<AccountDoc>();
      return doc && accountOf(doc);
    },

    async ofUser(userId: UserId): Promise<Account[]> {
      const docs = await model.find({ userId }).lean<AccountDoc[]>();
      return docs.map(accountOf).sort((a, b) => accountKinds.indexOf(a.kind) - accountKinds.indexOf(b.kind));
    },

    /**
     * Puts money on an account, once for an `entryId`, also when a crash lost the answer of the first time. It is on the
     * account or it is not: never on a shut one, and never on its way.
     */
    async topUp({ entryId, accountId, amount, source, at }: TopUp): Promise<ToppedUp> {
      const known = await model.findById(accountId).lean<AccountDoc>();
      if (!known) return { kind: 'unknown' };
      // The account remembers its last entries only; the ledger all of them.
      const before = await ledger.find(entryId);
      if (before) return { kind: 'counted', entry: before, amount: known.amount };
      const cause = { kind: 'top-up' as const, ref: entryId, source };
      const entry: LedgerEntry = { entryId, at, cause, postings: fromOutside({ ...known, cause, amount }) };
      checkBalanced(entry);
      const written = await model
        .findOneAndUpdate(
          {
            _id: accountId as string,
            amount: { $lte: MOST_FEN - amount },
            applied: { $ne: entryId },
            ...isOpen,
          },
          withEntry(amount, entry),
          { returnDocument: 'after' },
        )
        .lean<AccountDoc>();
      if (written) {
        await book(accountId, entry);
        return { kind: 'counted', entry, amount: written.amount };
      }
      const doc = await model.findById(accountId).lean<AccountDoc>();
      if (doc?.applied.includes(entryId)) {
        const mine = doc.unbooked?.find((each) => each.entryId === entryId);
        if (mine) await book(accountId, mine);
        return { kind: 'counted', entry: mine ?? entry, amount: doc.amount };
      }
      return { kind: doc?.closedAt == null ? 'too-much' : 'closed' };
    },

    /**
     * Shuts a user's accounts, unless there is money on one: then all stay open. Points lapse. False when there is
     * money. Done again it comes to the same.
     */
    async close({ userId, at }: { userId: UserId; at: Instant }): Promise<boolean> {
      const accounts = await this.ofUser(userId);
      for (const { accountId } of accounts.filter(({ kind }) => holdsMoney(kind))) {
        if (await shut(accountId, at)) continue;
        await this.reopen(userId);
        return false;
      }
      // From here on nothing can refuse the closing any more.
      for (const { accountId } of accounts.filter(({ kind }) => !holdsMoney(kind))) {
        await lapse(accountId, at);
      }
      return true;
    },

    /** Opens a user's accounts again, whose closing is refused. */
    async reopen(userId: UserId): Promise<void> {
      await model.updateMany({ userId }, { $set: { closedAt: null } });
    },

    /** Whether some of a user's accounts are shut: then a closing is under way that nothing refuses any more, or done. */
    async isShut(userId: UserId): Promise<boolean> {
      return (await model.exists({ userId, closedAt: { $gt: 0 } })) !== null;
    },

    /** Removes the accounts of a user that never was committed, with their entries: nobody ever saw them. */
    async discard(accountIds: readonly AccountId[]): Promise<void> {
      await ledger.discard(accountIds);
      await model.deleteMany({ _id: { $in: [...accountIds] } });
    },

    /** The entries of an account, newest first: all that its amount contains. */
    async entriesOf(page: EntriesPage): Promise<LedgerEntry[]> {
      const doc = await model.findById(page.accountId, { unbooked: 1 }).lean<AccountDoc>();
      for (const entry of doc?.unbooked ?? []) await book(page.accountId, entry);
      return ledger.ofAccount(page);
    },

    /** Brings into the ledger what crashes kept from it since before an instant. Tells how many accounts had such entries. */
    async bookLeftOver({ before, limit }: { before: Instant; limit: number }): Promise<number> {
      const docs = await model
        .find({ 'unbooked.at': { $lt: before } })
        .limit(limit)
        .lean<AccountDoc[]>();
      for (const { _id, unbooked } of docs) for (const entry of unbooked ?? []) await book(_id, entry);
      return docs.length;
    },
  };
}

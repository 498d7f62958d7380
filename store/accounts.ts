import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { AccountId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { insertNew, isDuplicateKey, modelOf } from './schema.ts';

/** What an account holds: balance 余额, red packets 红包 (both in fen), points 积分 (in points). */
export const accountKinds = ['balance', 'redPackets', 'points'] as const;
/** One of {@link accountKinds}. */
export type AccountKind = (typeof accountKinds)[number];

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
}

/** One movement of money: its postings sum to zero. */
export interface LedgerEntry {
  /** Names the thing and the step (`importId:line:balance`), so that a movement is written once. */
  entryId: string;
  at: Instant;
  cause: { kind: 'import'; ref: string };
  postings: { accountId: string; amount: number }[];
}

/** An account to be opened. */
export interface NewAccount extends Omit<Account, 'amount'> {
  /** The movement that brings what is in it from the start; without one it is empty. */
  opening?: LedgerEntry | undefined;
}

interface LedgerDoc extends Omit<LedgerEntry, 'entryId'> {
  _id: string;
}

/** How many applied entries an account remembers: far more than can be under way for it at one time. */
const appliedKept = 200;

/** A ledger entry whose postings don't sum to zero, or aren't whole numbers, is never written. */
export class UnbalancedEntry extends Error {
  override readonly name = 'UnbalancedEntry';
}

function checkBalanced({ postings }: Pick<LedgerEntry, 'postings'>): void {
  const sum = postings.reduce((total, { amount }) => total + amount, 0);
  if (sum !== 0 || !postings.every(({ amount }) => Number.isSafeInteger(amount))) {
    throw new UnbalancedEntry('the postings of an entry must be whole numbers that sum to zero');
  }
}

/**
 * Accounts and their ledger. The entry is the truth and is written first, whole, in one document; the amounts on the
 * accounts follow it and can be made whole from it after a crash.
 */
export function createAccounts({ connection }: { connection: Connection }) {
  const model = modelOf<AccountDoc>(connection, {
    name: 'accounts',
    fields: {
      userId: { type: String, required: true },
      kind: { type: String, required: true },
      amount: { type: Number, required: true },
      applied: { type: [String], required: true },
    },
    indexes: [{ serves: 'accounts_of_a_user', keys: { userId: 1 } }],
  });
  const ledger = modelOf<LedgerDoc>(connection, {
    name: 'ledger',
    fields: {
      at: { type: Number, required: true },
      cause: { type: Schema.Types.Mixed, required: true },
      postings: { type: [Schema.Types.Mixed], required: true } as never,
    },
    indexes: [{ serves: 'entries_of_an_account', keys: { 'postings.accountId': 1, at: 1 } }],
  });

  const insertOnce = async (insert: () => Promise<unknown>): Promise<void> => {
    try {
      await insert();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  };

  return {
    model,
    ledger,

    /**
     * Opens accounts, each with what its first entry brings, or empty; one that is there already stays as it is. The
     * entries are written first, so that no amount ever stands without one.
     */
    async open(...accounts: NewAccount[]): Promise<void> {
      const openings = accounts.flatMap(({ opening }) => opening ?? []);
      openings.forEach(checkBalanced);
      await insertNew(
        ledger,
        openings.map(({ entryId, ...entry }) => ({ _id: entryId, ...entry })),
      );
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

    async ofUser(userId: UserId): Promise<Account[]> {
      const docs = await model.find({ userId }).lean<AccountDoc[]>();
      return docs
        .map(({ _id, applied: _, ...rest }) => ({ ...rest, accountId: _id as AccountId }))
        .sort((a, b) => accountKinds.indexOf(a.kind) - accountKinds.indexOf(b.kind));
    },

    /**
     * Writes one movement and brings the accounts up to it; done twice, it counts once. Postings to accounts that are
     * no user's (`system:…`) exist in the ledger only.
     */
    async post({ entryId, ...entry }: LedgerEntry): Promise<void> {
      checkBalanced(entry);
      await insertOnce(() => ledger.create({ _id: entryId, ...entry }));
      for (const { accountId, amount } of entry.postings) {
        await model.updateOne(
          { _id: accountId, applied: { $ne: entryId } },
          { $inc: { amount }, $push: { applied: { $each: [entryId], $slice: -appliedKept } } },
        );
      }
    },

    /** Removes the accounts of a user that never was committed, with their entries: nobody ever saw them. */
    async discard(accountIds: readonly AccountId[]): Promise<void> {
      await ledger.deleteMany({ 'postings.accountId': { $in: [...accountIds] } });
      await model.deleteMany({ _id: { $in: [...accountIds] } });
    },

    /** The entries of an account, oldest first. */
    async entriesOf(accountId: AccountId): Promise<LedgerEntry[]> {
      const docs = await ledger.find({ 'postings.accountId': accountId }).sort({ at: 1 }).lean<LedgerDoc[]>();
      return docs.map(({ _id, ...rest }) => ({ ...rest, entryId: _id }));
    },
  };
}

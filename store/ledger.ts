import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { AccountId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { insertNew, modelOf } from './schema.ts';

/** What asked for a user, and so for what was on its accounts from the start. */
export interface OpeningCause {
  kind: 'import' | 'registration';
  ref: string;
}

/** Where a movement comes from. `source` of a top-up is what its caller said of it. */
export type EntryCause =
  | OpeningCause
  | { kind: 'closing'; ref: string }
  | { kind: 'top-up'; ref: string; source: string };

/** One movement of money: its postings sum to zero. */
export interface LedgerEntry {
  /** Names the thing and the step (`importId:line:balance`), so that a movement is written once. */
  entryId: string;
  at: Instant;
  cause: EntryCause;
  postings: { accountId: string; amount: number }[];
}

interface LedgerDoc extends Omit<LedgerEntry, 'entryId'> {
  _id: string;
}

/** A page of an account's entries; `after` is the last one of the page before. */
export interface EntriesPage {
  accountId: AccountId;
  after?: Pick<LedgerEntry, 'at' | 'entryId'> | undefined;
  limit: number;
}

/** A ledger entry whose postings don't sum to zero, or aren't whole numbers, is never written. */
export class UnbalancedEntry extends Error {
  override readonly name = 'UnbalancedEntry';
}

/** Throws an `UnbalancedEntry` where an entry is none. */
export function checkBalanced({ postings }: Pick<LedgerEntry, 'postings'>): void {
  const sum = postings.reduce((total, { amount }) => total + amount, 0);
  if (sum !== 0 || !postings.every(({ amount }) => Number.isSafeInteger(amount))) {
    throw new UnbalancedEntry('the postings of an entry must be whole numbers that sum to zero');
  }
}

/** The movements of money, each in one document, whole. */
export function createLedger({ connection }: { connection: Connection }) {
  const model = modelOf<LedgerDoc>(connection, {
    name: 'ledger',
    fields: {
      at: { type: Number, required: true },
      cause: { type: Schema.Types.Mixed, required: true },
      postings: { type: [Schema.Types.Mixed], required: true } as never,
    },
    indexes: [{ serves: 'entries_of_an_account_by_time', keys: { 'postings.accountId': 1, at: 1, _id: 1 } }],
  });
  const open = ({ _id, ...rest }: LedgerDoc): LedgerEntry => ({ ...rest, entryId: _id });

  return {
    model,

    /** Writes entries; one that is there already stays as it is. */
    async write(...entries: LedgerEntry[]): Promise<void> {
      entries.forEach(checkBalanced);
      await insertNew(
        model,
        entries.map(({ entryId, ...entry }) => ({ _id: entryId, ...entry })),
      );
    },

    async find(entryId: string): Promise<LedgerEntry | null> {
      const doc = await model.findById(entryId).lean<LedgerDoc>();
      return doc && open(doc);
    },

    /** The entries of an account, newest first. */
    async ofAccount({ accountId, after, limit }: EntriesPage): Promise<LedgerEntry[]> {
      const older = after && {
        $or: [{ at: { $lt: after.at } }, { at: after.at, _id: { $lt: after.entryId } }],
      };
      const docs = await model
        .find({ 'postings.accountId': accountId, ...older })
        .sort({ at: -1, _id: -1 })
        .limit(limit)
        .lean<LedgerDoc[]>();
      return docs.map(open);
    },

    /** Removes the entries of accounts that nobody ever saw. */
    async discard(accountIds: readonly AccountId[]): Promise<void> {
      await model.deleteMany({ 'postings.accountId': { $in: [...accountIds] } });
    },
  };
}

import { z } from 'zod';
import { type AccountId, asAccountId } from '../../domain/ids.ts';
import { formatInstant } from '../../domain/instant.ts';
import { type Account, holdsMoney } from '../../store/accounts.ts';
import { derivedId } from '../../store/derived-id.ts';
import type { LedgerEntry } from '../../store/ledger.ts';
import { noteView } from '../audit-trail.ts';
import { jsonBody } from '../body-spec.ts';
import { createCursors } from '../cursor.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import {
  entryExample,
  entrySchema,
  toppedUpExample,
  toppedUpSchema,
  topUpSchema,
} from '../schemas/account.ts';
import { cursorParameter, limitParameter, nextCursor } from '../schemas/primitives.ts';

const tag = 'Accounts';
const params = z.strictObject({ id: z.string().meta({ description: "The account's id" }) });

/** Where a page of entries ended. */
const cursors = createCursors(z.strictObject({ at: z.int(), entryId: z.string() }));

/** Money put on accounts, and what moved on them. */
export function accountRoutes({ store, now }: Pick<ApiDependencies, 'store' | 'now'>): Route[] {
  /** An account that somebody may know of: one of a user that came to be. */
  const found = async (id: string): Promise<Account> => {
    const account = await store.accounts.find(asAccountId(id));
    const user = account && (await store.users.find(account.userId));
    if (!account || (user?.status !== 'open' && user?.status !== 'closed')) {
      throw new Problem('account_not_found');
    }
    return account;
  };

  return [
    route({
      method: 'post',
      path: '/v1/accounts/{id}/top-ups',
      id: 'topUpAccount',
      tag,
      summary: 'Put money on an account',
      description:
        'Counts once for an `Idempotency-Key`, also after a crash. Balance and red packets take money, points do not.',
      access: { kind: 'token', scope: 'accounts:write' },
      params,
      body: jsonBody({ schema: topUpSchema, example: { amountFen: 5_000, source: 'bank-card' } }),
      responses: {
        201: { description: 'It is on the account', schema: toppedUpSchema, example: toppedUpExample },
      },
      problems: ['account_not_found', 'account_closed', 'account_holds_no_money', 'balance_limit_exceeded'],
    }).handle(async ({ params: { id }, body: { amountFen, source }, requestRef }) => {
      const { accountId, kind } = await found(id);
      if (!holdsMoney(kind)) throw new Problem('account_holds_no_money');
      // A key that comes again after a day, for something else, is another movement.
      const entryId = derivedId('top-up', requestRef, accountId, amountFen, source);
      const done = await store.accounts.topUp({ entryId, accountId, amount: amountFen, source, at: now() });
      if (done.kind === 'unknown') throw new Problem('account_not_found');
      if (done.kind === 'closed') throw new Problem('account_closed');
      if (done.kind === 'too-much') throw new Problem('balance_limit_exceeded');
      const body = { ...entryView(accountId, done.entry), accountId, balanceFen: done.amount };
      return { status: 201, body };
    }),

    route({
      method: 'get',
      path: '/v1/accounts/{id}/entries',
      id: 'listAccountEntries',
      tag,
      summary: 'What moved on an account, newest first',
      description: 'Their amounts sum to what is on the account. Each view is noted in the audit.',
      access: { kind: 'token', scope: 'accounts:read' },
      params,
      query: z.strictObject({ cursor: cursorParameter.optional(), limit: limitParameter }),
      responses: {
        200: {
          description: 'A page of entries',
          schema: z.strictObject({ items: z.array(entrySchema), nextCursor }).meta({ id: 'AccountEntries' }),
          example: { items: [entryExample], nextCursor: null },
        },
      },
      problems: ['account_not_found', 'cursor_invalid'],
    }).handle(async ({ params: { id }, query: { cursor, limit }, caller, correlator, receivedAt }) => {
      const { accountId, userId } = await found(id);
      const after = cursor === undefined ? undefined : cursors.read(cursor, accountId);
      // One more than asked for tells whether there is a next page.
      const entries = await store.accounts.entriesOf({ accountId, after, limit: limit + 1 });
      const page = entries.slice(0, limit);
      await noteView(store.audit, {
        caller,
        action: 'account.entries-viewed',
        subject: userId,
        correlator,
        at: receivedAt,
        details: { accountId, count: page.length },
      });
      const last = entries.length > limit ? page.at(-1) : undefined;
      const position = last && { at: last.at, entryId: last.entryId };
      return {
        status: 200,
        body: {
          items: page.map((entry) => entryView(accountId, entry)),
          nextCursor: position ? cursors.write(position, accountId) : null,
        },
      };
    }),
  ];
}

function entryView(accountId: AccountId, { entryId, at, cause, postings }: LedgerEntry) {
  const own = postings.filter((posting) => posting.accountId === accountId);
  return {
    entryId,
    at: formatInstant(at),
    kind: cause.kind,
    amountFen: own.reduce((sum, { amount }) => sum + amount, 0),
    source: cause.kind === 'top-up' ? cause.source : null,
  };
}

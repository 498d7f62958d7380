import type { LineFacts, MatchAnswer, NoAnswer, Reply } from '../../domain/carrier-reply.ts';
import type { Joined } from '../../domain/joined.ts';
import type { VerdictQuestion } from '../../domain/verdict-question.ts';

export const at = Date.UTC(2026, 10, 24, 4);
export const claimedAt = Date.UTC(2026, 5, 15, 4); // noon of 15 June in China
export const source = 'sichuan/mobile-5g';

export const day = (text: string): Joined => ({ precision: 'day', day: text });
export const second = (instant: number): Joined => ({ precision: 'second', at: instant });
const asked = <T>(reply: Reply<T>) => ({ source, at, reply });
export const answer = <T>(value: T) => asked<T>({ kind: 'answer', value });
export const none = (kind: NoAnswer) => asked<never>({ kind });
export const inUse = (joined: Joined | null, facts: Partial<LineFacts> = {}) =>
  answer<LineFacts>({ status: 'in-use', portedIn: false, joined, ...facts });
export const since = (date: string, value: boolean) => ({ ...answer(value), since: date });
export const matched = (value: MatchAnswer) => answer(value);

export const nothingAsked: VerdictQuestion = {
  claim: { anchoredAt: claimedAt, tenancy: null },
  customerVerified: false,
  events: { kind: 'nothing' },
  port: null,
  province: { timeZone: 'Asia/Shanghai', trackedSince: '2020-01-01', restartsOnTransfer: true },
  capabilities: { recycledSince: false, match: true },
  line: null,
  recycledSince: [],
  match: null,
};
export const q = (parts: Partial<VerdictQuestion>): VerdictQuestion => ({ ...nothingAsked, ...parts });
export const noRestart = { ...nothingAsked.province, restartsOnTransfer: false };
export const remembered = (joined: Joined) => ({ anchoredAt: claimedAt, tenancy: { joined, source } });
export const continues = { kind: 'continues', at } as const;
export const onlySince = { recycledSince: true, match: true };
export const joinedLater = inUse(day('2026-08-01'));
export const port = { at: Date.UTC(2026, 7, 1, 4), joined: null };

/** One row of the table: what is known, and what follows. */
export type Row = [situation: string, parts: Partial<VerdictQuestion>, verdict: string, rule: string];

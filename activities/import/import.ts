import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Registry } from '../../carriers/registry.ts';
import type { Routing } from '../../carriers/routing.ts';
import { type NumberRules, rulesOf } from '../../carriers/rules.ts';
import { emailKey, nicknameKey } from '../../domain/handle.ts';
import type { ImportId, NumberKey } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import { accepted, type Parsed, type Refused, refused } from '../../domain/parsed.ts';
import { SealError } from '../../platform/field-cipher.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Passwords } from '../../platform/passwords.ts';
import { countsOf, type ImportChunk, type LineResult, type ReceivedLine } from '../../store/import-chunks.ts';
import { type CreatedUser, createUsers } from '../../store/new-user.ts';
import type { NewUser } from '../../store/new-user-records.ts';
import type { Taken } from '../../store/new-user-steps.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';
import { type LineUser, readLine, refusedAt } from './line.ts';
import { wavesOf } from './waves.ts';

/** How far an import has come. */
export interface Progress {
  readonly partsDone: number;
  readonly imported: number;
  readonly rejected: number;
}

/** The lines of one part, and the import they are of. */
interface Part {
  readonly importId: ImportId;
  readonly receivedAt: Instant;
  readonly lines: readonly ReceivedLine[];
}

/** A line, and the user that it asks for. */
interface WantedUser {
  readonly line: number;
  readonly user: NewUser;
}

/** The SDK passes on as many of these as the workflow's heartbeat time-out asks for. */
const beatEvery: DurationMs = 2_000;

const takenAt: Record<Taken, { pointer: string; detail: string }> = {
  phone_in_use: { pointer: '/phone', detail: 'Is the login phone of another user' },
  nickname_in_use: { pointer: '/nickname', detail: 'Another user has it, or one that looks the same' },
  email_in_use: { pointer: '/email', detail: 'Another user has verified it' },
};

/** Importing users, in the order in which their lines came in. */
export function createImportActivities({
  store,
  registry,
  routing,
  hasher,
  passwords,
  messenger,
}: {
  store: Store;
  registry: Registry;
  routing: Routing;
  hasher: NumberHasher;
  passwords: Pick<Passwords, 'hash'>;
  messenger: Messenger;
}) {
  const tools = {
    store,
    passwords,
    now: Date.now,
    rulesOf: (number: { numberKey: NumberKey; province: string }): NumberRules => rulesOf(registry, number),
  };

  const numbersOf = async (users: readonly LineUser[]): Promise<Map<NumberKey, NumberRecord>> => {
    const phones = users.flatMap(({ phone }) => phone ?? []);
    const numbers = await store.numbers.findMany(phones.map(hasher.numberKeyOf));
    return new Map(numbers.map((number) => [number.numberKey, number]));
  };

  /** The user that a line asks for. Refused: a number that no province here serves. */
  const wantedUser = (
    { phone, claimedAt, identity, ...rest }: LineUser,
    { ref, receivedAt, numbers }: { ref: string; receivedAt: Instant; numbers: Map<NumberKey, NumberRecord> },
  ): Parsed<NewUser> => {
    const user = {
      ...rest,
      origin: { kind: 'import' as const, ref },
      // The import vouches for it, and nobody knows since when: what counts is when we learnt of it.
      identity: identity && { ...identity, verifiedAt: identity.verified ? receivedAt : null },
    };
    if (phone === null) return accepted({ ...user, phone });
    const numberKey = hasher.numberKeyOf(phone);
    // A number that was ported lives elsewhere than its digits say.
    const home = routing.routeOf(phone, numbers.get(numberKey) ?? null);
    if (home === null) {
      return refusedAt('/phone', { code: 'number_not_served', detail: 'No province here serves it' });
    }
    return accepted({ ...user, phone: { phone, numberKey, home, claimedAt } });
  };

  const importLines = async (
    { importId, receivedAt, lines }: Part,
    correlator: string,
  ): Promise<LineResult[]> => {
    const read = lines.map((received) => ({
      line: received.line,
      parsed: readReceived(received, receivedAt),
    }));
    const numbers = await numbersOf(read.flatMap(({ parsed }) => (parsed.ok ? [parsed.value] : [])));
    const results = new Map<number, LineResult>();
    const wanted: WantedUser[] = [];
    for (const { line, parsed } of read) {
      const user = parsed.ok
        ? wantedUser(parsed.value, { ref: `${importId}:${line}`, receivedAt, numbers })
        : parsed;
      if (user.ok) wanted.push({ line, user: user.value });
      else results.set(line, rejected(line, user));
    }

    for (const wave of wavesOf({ items: wanted, keysOf })) {
      // An attempt that was given up must not go on beside the next one.
      cancellationSignal().throwIfAborted();
      const outcomes = await createUsers(
        tools,
        wave.map(({ user }) => user),
      );
      for (const [index, { line }] of wave.entries()) {
        const outcome = outcomes[index];
        if (outcome) results.set(line, resultOf(line, outcome));
      }
      const numberKeys = outcomes.flatMap((outcome) => (outcome.ok ? (outcome.toWake ?? []) : []));
      if (numberKeys.length > 0) await messenger.wakeNumbers({ numberKeys, correlator });
    }
    return lines.flatMap(({ line }) => results.get(line) ?? []);
  };

  return {
    /**
     * Imports the lines of the next part. Done again, after a crash anywhere, it comes to the same users and counts.
     * Throws a failure that isn't retried when the lines are gone or can't be opened.
     */
    async importPart({
      importId,
      progress,
      correlator,
    }: {
      importId: ImportId;
      progress: Progress;
      correlator: string;
    }): Promise<{ progress: Progress; partsLeft: boolean }> {
      const index = progress.partsDone;
      const [about, part] = await Promise.all([
        store.imports.find(importId),
        partOf(store, { importId, index }),
      ]);
      if (about === null || part === null) {
        throw ApplicationFailure.nonRetryable('A part of an import is gone', 'lines_missing');
      }
      const { receivedAt } = about;
      const results = part.done
        ? part.results
        : await alive(() => importLines({ importId, receivedAt, lines: part.lines }, correlator));
      if (!part.done) await store.imports.chunks.finish({ importId, index, results });

      const { imported, rejected } = countsOf(results);
      const counts = { imported: progress.imported + imported, rejected: progress.rejected + rejected };
      const partsDone = index + 1;
      await store.imports.noteProgress({ importId, chunksDone: partsDone, counts, at: Date.now() });
      return { progress: { partsDone, ...counts }, partsLeft: partsDone < about.chunks };
    },

    /** Notes the end of an import. */
    async settleImport({
      importId,
      status,
      reason,
    }: {
      importId: ImportId;
      status: 'completed' | 'failed';
      reason: string | null;
      correlator: string;
    }): Promise<void> {
      await store.imports.settle({ importId, status, reason, at: Date.now() });
    },
  };
}

/** Shows that this process lives for as long as the work takes: when it is killed, another one goes on in seconds. */
async function alive<T>(work: () => Promise<T>): Promise<T> {
  const beating = setInterval(() => heartbeat(), beatEvery);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}

/** What two lines must not both have. */
function keysOf({ user: { phone, nickname, email } }: WantedUser): string[] {
  return [
    ...(phone === null ? [] : [`phone:${phone.numberKey}`]),
    ...(nickname === null ? [] : [`nickname:${nicknameKey(nickname)}`]),
    ...(email?.verified ? [`email:${emailKey(email.address)}`] : []),
  ];
}

const rejected = (line: number, { code, detail }: Omit<Refused, 'ok'>): LineResult => ({
  line,
  code,
  detail,
});

function resultOf(line: number, outcome: CreatedUser): LineResult {
  if (outcome.ok) return { line, userId: outcome.userId };
  const { code } = outcome;
  const { pointer, detail } = takenAt[code];
  return rejected(line, refusedAt(pointer, { code, detail }));
}

function readReceived(received: ReceivedLine, receivedAt: Instant): Parsed<LineUser> {
  if ('text' in received) return readLine(received.text, receivedAt);
  const tooLong = received.fault === 'line_too_long';
  return refused(received.fault, tooLong ? 'A line has at most 65,536 bytes' : 'Not text in UTF-8');
}

async function partOf(
  store: Store,
  name: { importId: ImportId; index: number },
): Promise<ImportChunk | null> {
  try {
    return await store.imports.chunks.find(name);
  } catch (error) {
    // A key that is missing here can be put back; lines that were changed stay changed.
    if (!(error instanceof SealError) || error.fault === 'unknown-key') throw error;
    throw ApplicationFailure.nonRetryable('A part of an import can not be opened', 'lines_unreadable');
  }
}

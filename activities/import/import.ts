import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Registry } from '../../carriers/registry.ts';
import type { Routing } from '../../carriers/routing.ts';
import { rulesOf } from '../../carriers/rules.ts';
import { emailKey, nicknameKey } from '../../domain/handle.ts';
import type { ImportId, NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { type Parsed, refused } from '../../domain/parsed.ts';
import { SealError } from '../../platform/field-cipher.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import { countsOf, type ImportChunk, type LineResult, type ReceivedLine } from '../../store/import-chunks.ts';
import { createUser, type Taken } from '../../store/new-user.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';
import { inOrder } from './in-order.ts';
import { type LineUser, readLine, refusedAt } from './line.ts';

/** How far an import has come. */
export interface Progress {
  readonly partsDone: number;
  readonly imported: number;
  readonly rejected: number;
}

/**
 * Lines at a time: each waits for the store most of the time, and a worker's steps share its 50 connections. Passwords
 * are hashed no more at a time than there are cores, whatever this is.
 */
const linesAtOnce = 16;

/** A line that was read, or why it was refused. */
interface ReadLine {
  readonly line: number;
  readonly parsed: Parsed<LineUser>;
}

const takenDetails: Record<Taken, { pointer: string; detail: string }> = {
  phone_in_use: { pointer: '/phone', detail: 'Is the login phone of another user' },
  nickname_in_use: { pointer: '/nickname', detail: 'Another user has it, or one that looks the same' },
  email_in_use: { pointer: '/email', detail: 'Another user has verified it' },
};

/** Importing users: line by line, in the order that they came in. */
export function createImportActivities({
  store,
  registry,
  routing,
  hasher,
  messenger,
}: {
  store: Store;
  registry: Registry;
  routing: Routing;
  hasher: NumberHasher;
  messenger: Messenger;
}) {
  const tools = {
    store,
    rulesOf: (number: Parameters<typeof rulesOf>[1]) => rulesOf(registry, number),
    now: Date.now,
  };

  /** What two lines must not both have. */
  const keysOf = ({ parsed }: ReadLine): string[] => {
    if (!parsed.ok) return [];
    const { phone, nickname, email } = parsed.value;
    return [
      ...(phone === null ? [] : [`phone:${phone}`]),
      ...(nickname === null ? [] : [`nickname:${nicknameKey(nickname)}`]),
      ...(email?.verified ? [`email:${emailKey(email.address)}`] : []),
    ];
  };

  const recordsOf = async (lines: readonly ReadLine[]): Promise<Map<NumberKey, NumberRecord>> => {
    const numberKeys = lines.flatMap(({ parsed }) =>
      parsed.ok && parsed.value.phone !== null ? [hasher.numberKeyOf(parsed.value.phone)] : [],
    );
    const records = await store.numbers.findMany(numberKeys);
    return new Map(records.map((record) => [record.numberKey, record]));
  };

  /** The phone with the system that answers for it: a number that was ported lives elsewhere than its digits say. */
  const provenPhone = ({ phone, claimedAt }: LineUser, records: Map<NumberKey, NumberRecord>) => {
    if (phone === null) return null;
    const numberKey = hasher.numberKeyOf(phone);
    const home = routing.routeOf(phone, records.get(numberKey) ?? null);
    return home && { phone, numberKey, home, claimedAt };
  };

  const importLine = async ({
    importId,
    receivedAt,
    line,
    user,
    records,
    wake,
  }: {
    importId: ImportId;
    receivedAt: Instant;
    line: number;
    user: LineUser;
    records: Map<NumberKey, NumberRecord>;
    wake: (numberKey: NumberKey) => void;
  }): Promise<LineResult> => {
    const phone = provenPhone(user, records);
    if (user.phone !== null && phone === null) {
      return rejected(
        line,
        refusedAt('/phone', { code: 'number_not_served', detail: 'No province here serves it' }),
      );
    }
    const { identity } = user;
    const outcome = await createUser(tools, {
      ...user,
      origin: { kind: 'import', ref: `${importId}:${line}` },
      phone,
      // The import vouches for it, and nobody knows since when: what counts is when we learnt of it.
      identity: identity && { ...identity, verifiedAt: identity.verified ? receivedAt : null },
    });
    if (outcome.ok) {
      if (outcome.toWake) wake(outcome.toWake);
      return { line, userId: outcome.userId };
    }
    const { pointer, detail } = takenDetails[outcome.code];
    return rejected(line, refusedAt(pointer, { code: outcome.code, detail }));
  };

  const importLines = async ({
    importId,
    receivedAt,
    lines,
    correlator,
  }: {
    importId: ImportId;
    receivedAt: Instant;
    lines: readonly ReceivedLine[];
    correlator: string;
  }): Promise<LineResult[]> => {
    const items = lines.map((received) => readReceived(received, receivedAt));
    const records = await recordsOf(items);
    const toWake = new Set<NumberKey>();
    const results = await inOrder({
      items,
      keysOf,
      atOnce: linesAtOnce,
      work: async ({ line, parsed }) => {
        // An attempt that was given up must not go on beside the next one.
        cancellationSignal().throwIfAborted();
        const result = parsed.ok
          ? await importLine({
              importId,
              receivedAt,
              line,
              user: parsed.value,
              records,
              wake: (key) => toWake.add(key),
            })
          : rejected(line, parsed);
        heartbeat();
        return result;
      },
    });
    if (toWake.size > 0) await messenger.wakeNumbers({ numberKeys: [...toWake], correlator });
    return results;
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
      const [about, part] = await Promise.all([store.imports.find(importId), partOf(store, importId, index)]);
      if (about === null || part === null) {
        throw ApplicationFailure.nonRetryable('A part of an import is gone', 'lines_missing');
      }
      const results = part.done
        ? part.results
        : await importLines({ importId, receivedAt: about.receivedAt, lines: part.lines, correlator });
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

const rejected = (line: number, { code, detail }: { code: string; detail: string }): LineResult => ({
  line,
  code,
  detail,
});

function readReceived(received: ReceivedLine, receivedAt: Instant): ReadLine {
  const { line } = received;
  if ('text' in received) return { line, parsed: readLine(received.text, receivedAt) };
  const detail = received.fault === 'line_too_long' ? 'A line has at most 65,536 bytes' : 'Not text in UTF-8';
  return { line, parsed: refused(received.fault, detail) };
}

async function partOf(store: Store, importId: ImportId, index: number): Promise<ImportChunk | null> {
  try {
    return await store.imports.chunks.find({ importId, index });
  } catch (error) {
    // A key that is missing here can be put back; lines that were changed stay changed.
    if (!(error instanceof SealError) || error.fault === 'unknown-key') throw error;
    throw ApplicationFailure.nonRetryable('A part of an import can not be opened', 'lines_unreadable');
  }
}

import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { finished, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asImportId, type ImportId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { ReceivedLine } from '../../store/import-chunks.ts';
import type { Store } from '../../store/store.ts';
import { Problem, temporarilyUnavailable } from '../problem.ts';
import type { ImportLimits } from './limits.ts';
import { LineSplitter, type SplitLine } from './line-splitter.ts';

/** Often enough that the sweep never takes a slow caller for a lost one. */
const touchEvery: DurationMs = 10_000;

/** An import that was received whole. */
export interface ReceivedImport {
  readonly importId: ImportId;
  readonly lines: number;
}

/** A body to be received, and for whom. */
export interface ImportBody {
  readonly body: Readable;
  /** `gzip`, or null where the body is as it is. */
  readonly encoding: string | null;
  readonly client: string;
  readonly correlator: string;
}

/**
 * Reads an import into the store, part by part and no faster than the store takes it; memory doesn't grow with it. From
 * its return on the import runs, whatever becomes of this process. Throws a `Problem` for a body that isn't one. Of an
 * import that wasn't received whole, nothing is left: the sweep looks after those whose receiver crashed.
 */
export async function receiveImport({
  imports,
  limits,
  now,
  about: { body, encoding, client, correlator },
  beforeAccepting,
}: {
  imports: Store['imports'];
  limits: ImportLimits;
  now: () => Instant;
  about: ImportBody;
  /** What has to be done before the import is accepted; where it fails, the import isn't. */
  beforeAccepting: (received: ReceivedImport) => Promise<void>;
}): Promise<ReceivedImport> {
  const importId = asImportId(randomUUID());
  await imports.begin({ importId, client, correlator, at: now() });
  try {
    let touchedAt = now();
    const onPiece = async () => {
      if (now() - touchedAt < touchEvery) return;
      touchedAt = now();
      await imports.touch(importId, touchedAt);
    };
    let lines = 0;
    let chunks = 0;
    for await (const part of partsOf({ body, encoding, limits, onPiece })) {
      lines += part.length;
      if (lines > limits.lines) {
        throw new Problem('body_too_large', { detail: `An import has at most ${limits.lines} lines` });
      }
      await imports.chunks.add({ importId, index: chunks, lines: part });
      chunks += 1;
    }
    if (lines === 0) throw new Problem('import_empty');
    const received = { importId, lines };
    await beforeAccepting(received);
    if (!(await imports.accept({ ...received, chunks, at: now() }))) {
      throw temporarilyUnavailable('The import was given up while it was received');
    }
    return received;
  } catch (error) {
    // Should this fail too, the sweep does it.
    await imports.drop(importId).catch(() => undefined);
    throw error;
  }
}

/** The lines of a body, in parts of a bounded size. Blank lines are left out, and counted as lines of the file. */
async function* partsOf({
  body,
  encoding,
  limits,
  onPiece,
}: {
  body: Readable;
  encoding: string | null;
  limits: ImportLimits;
  onPiece: () => Promise<void>;
}): AsyncGenerator<ReceivedLine[]> {
  const splitter = new LineSplitter(limits.lineBytes);
  let bytes = 0;
  let part: ReceivedLine[] = [];
  let partBytes = 0;
  const takeIn = (split: SplitLine): ReceivedLine[] | null => {
    const received = receivedOf(split);
    if (received === null) return null;
    part.push(received);
    partBytes += split.bytes?.length ?? 0;
    // The next line may be as long as a line can be.
    if (part.length < limits.partLines && partBytes + limits.lineBytes <= limits.partBytes) return null;
    const full = part;
    part = [];
    partBytes = 0;
    return full;
  };

  for await (const piece of unpacked(body, encoding)) {
    bytes += piece.length;
    if (bytes > limits.bodyBytes) {
      throw new Problem('body_too_large', { detail: `An import has at most ${limits.bodyBytes} bytes` });
    }
    await onPiece();
    for (const split of splitter.push(piece)) {
      const full = takeIn(split);
      if (full !== null) yield full;
    }
  }
  for (const split of splitter.end()) {
    const full = takeIn(split);
    if (full !== null) yield full;
  }
  if (part.length > 0) yield part;
}

/** A line as it is kept; null for a blank one. */
function receivedOf({ line, bytes }: SplitLine): ReceivedLine | null {
  if (bytes === null) return { line, fault: 'line_too_long' };
  if (!isUtf8(bytes)) return { line, fault: 'line_malformed' };
  const decoded = bytes.toString('utf8');
  // Editors put a byte order mark before the first line (RFC 8259 §8.1 lets a reader pass over it).
  const text = line === 1 && decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded;
  return text.trim() === '' ? null : { line, text };
}

/**
 * The body without its encoding. Its stream is not destroyed when reading stops early: the answer is still to be sent
 * on its connection, and what is left of it is read away by others.
 */
async function* unpacked(body: Readable, encoding: string | null): AsyncGenerator<Buffer> {
  const gunzip = encoding === 'gzip' ? createGunzip() : null;
  if (gunzip) {
    // Not a pipeline, which would destroy the body when the gzip is broken.
    body.pipe(gunzip);
    finished(body, (error) => {
      if (error) gunzip.destroy(error);
    });
  }
  try {
    yield* gunzip ?? body.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw isBrokenGzip(error) ? new Problem('body_encoding_broken') : error;
  }
}

/** zlib's errors have a code of their own: `Z_DATA_ERROR`, `Z_BUF_ERROR` and the like. */
function isBrokenGzip(error: unknown): boolean {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('Z_');
}

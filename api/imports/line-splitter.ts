/** A line of bytes, counted from 1; null where it was longer than a line may be. */
export interface SplitLine {
  readonly line: number;
  readonly bytes: Buffer | null;
}

const lineFeed = 0x0a;

/**
 * Splits pieces of a stream into lines, whatever the pieces are. Holds no more than one line of the longest: what a
 * longer one has beyond that is passed over.
 */
export class LineSplitter {
  readonly #longest: number;
  #line = 1;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #isTooLong = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that a piece completes. */
  *push(piece: Buffer): Generator<SplitLine> {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(lineFeed, start);
      if (end < 0) break;
      this.#keep(piece.subarray(start, end));
      yield this.#next();
      start = end + 1;
    }
    this.#keep(piece.subarray(start));
  }

  /** The last line, where the stream ended without a line feed. */
  *end(): Generator<SplitLine> {
    if (this.#keptBytes > 0 || this.#isTooLong) yield this.#next();
  }

  #keep(bytes: Buffer): void {
    if (this.#isTooLong || bytes.length === 0) return;
    this.#isTooLong = this.#keptBytes + bytes.length > this.#longest;
    this.#kept = this.#isTooLong ? [] : [...this.#kept, bytes];
    this.#keptBytes = this.#isTooLong ? 0 : this.#keptBytes + bytes.length;
  }

  #next(): SplitLine {
    const [only, ...more] = this.#kept;
    const bytes = more.length === 0 ? (only ?? Buffer.alloc(0)) : Buffer.concat(this.#kept);
    const next = { line: this.#line, bytes: this.#isTooLong ? null : bytes };
    this.#line += 1;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#isTooLong = false;
    return next;
  }
}

/** How large an import may be. */
export interface ImportLimits {
  /** Of one line, without its end. */
  readonly lineBytes: number;
  /** Of the whole body, after it was unpacked. */
  readonly bodyBytes: number;
  /** Blank ones aside. */
  readonly lines: number;
  /** Of one part: lines, and bytes of their text. */
  readonly partLines: number;
  readonly partBytes: number;
}

/**
 * - A user takes some 500 bytes, and with the longest of everything 4 KB: a longer line is no user.
 * - A million users, or a gibibyte, take some hours to import. Whoever has more sends several imports, and then loses less
 *   by a broken connection.
 * - A part is done in a second or two without passwords, and fits a document of the store with room to spare.
 */
export const importLimits: ImportLimits = {
  lineBytes: 64 * 1024,
  bodyBytes: 1024 ** 3,
  lines: 1_000_000,
  partLines: 200,
  partBytes: 256 * 1024,
};

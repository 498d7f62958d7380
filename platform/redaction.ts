/**
 * The safety net under the logs. Code here logs ids, codes and hashes; what slips through (a library's error that
 * quotes its input, a body logged in a hurry) is taken out of the finished line. It recognises forms, not meanings:
 * a Chinese name in a sentence can't be told from other words, so it is no licence to log what a person typed.
 */

/** Put in place of a removed property. */
const REMOVED = '[removed]';

/**
 * Properties that are removed whatever they hold, at any depth. Words are parted by `-`; in a line they may be
 * written in any case and joined by `-`, `_` or nothing.
 */
const PRIVATE_FIELDS = [
  'phone',
  'phone-number',
  'former-phone',
  'msisdn',
  'name',
  'real-name',
  'full-name',
  'nickname',
  'identity',
  'id-number',
  'email',
  'bank-card',
  'login',
  'password',
  'new-password',
  'current-password',
  'password-hash',
  'token',
  'access-token',
  'refresh-token',
  'session-token',
  'reset-token',
  'secret',
  'client-secret',
  'authorization',
  'cookie',
  'set-cookie',
  'x-user-session',
];

const fieldForms = PRIVATE_FIELDS.map((field) => field.replaceAll('-', '[-_]?')).join('|');
const PRIVATE_FIELD = new RegExp(`^(?:${fieldForms})$`, 'i');
const PRIVATE_FIELD_IN_LINE = new RegExp(`"(?:${fieldForms})":`, 'i');
/** JSON quoted inside a message: the property's name stays, its text goes. */
const QUOTED_FIELD = new RegExp(`("(?:${fieldForms})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');

/**
 * Forms in text, first that fits. Runs are bounded so that a long line costs time in proportion to its length.
 * - `keep`: UUIDs, trace ids (32 or 16 hexadecimal digits), object ids (24); some have eleven decimal digits in a row.
 * - `credentials`: user and password in an address.
 * - `email`: also with an encoded `@`. The last label begins with a letter, so that `package@1.2.3` stays.
 * - `idNumber`: GB 11643-1999, 17 digits and a digit or X.
 * - `phone`: +86 and what follows; a mobile number of 11 digits, with 86 before it or parted as 3-4-4; a fixed line as `010-12345678`.
 */
const FORMS = new RegExp(
  [
    String.raw`(?<keep>\b(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{32}|[\da-f]{24}|[\da-f]{16})\b)`,
    String.raw`(?<credentials>(?<=:\/\/)[^\s/@:"]{0,256}:[^\s/@"]{1,256}(?=@))`,
    String.raw`(?<email>[\p{L}\p{N}._%+-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62})`,
    String.raw`(?<idNumber>(?<!\d)\d{17}[\dX](?!\d))`,
    String.raw`(?<phone>(?<!\d)(?:(?:\+|00|%2B)86[ -]?\d(?:[ -]?\d){6,11}|(?:86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?!\d))`,
  ].join('|'),
  'giu',
);

/** Masks what has the form of personal data or credentials in a text. */
export function maskText(text: string): string {
  const masked = text.replace(FORMS, (...found) => {
    const groups: Record<string, string | undefined> = found.at(-1);
    const form = Object.keys(groups).find((name) => groups[name] !== undefined);
    return form === 'keep' ? found[0] : `[${form}]`;
  });
  return masked.replace(QUOTED_FIELD, `$1"${REMOVED}"`);
}

/**
 * Takes personal data out of a finished log line (one JSON object): private properties at any depth, and forms in
 * every string, number and property name. A line without any comes back as it is.
 */
export function redactLine(line: string): string {
  if (!PRIVATE_FIELD_IN_LINE.test(line) && maskText(line) === line) {
    return line;
  }
  const end = line.endsWith('\n') ? '\n' : '';
  try {
    return `${JSON.stringify(redacted(JSON.parse(line)))}${end}`;
  } catch {
    return `${JSON.stringify({ level: 'error', msg: 'A log line was dropped: it could not be redacted' })}${end}`;
  }
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') {
    return maskText(value);
  }
  if (typeof value === 'number') {
    const text = String(value);
    const masked = maskText(text);
    return masked === text ? value : masked;
  }
  if (Array.isArray(value)) {
    return value.map(redacted);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => [
      maskText(key),
      PRIVATE_FIELD.test(key) ? REMOVED : redacted(inner),
    ]);
    return Object.fromEntries(entries);
  }
  return value;
}

import { z } from 'zod';
import { type Email, type Nickname, parseEmail, parseNickname } from '../../domain/handle.ts';
import { type IdNumber, parseIdNumber } from '../../domain/id-number.ts';
import { dayOf, type Instant, parseInstant } from '../../domain/instant.ts';
import { MOST_FEN } from '../../domain/money.ts';
import { accepted, type Parsed, type Refused, refused } from '../../domain/parsed.ts';
import { type PersonName, parsePersonName } from '../../domain/person-name.ts';
import { type PhoneNumber, parsePhoneNumber } from '../../domain/phone-number.ts';
import { parsePasswordHash } from '../../platform/passwords.ts';
import { type AccountKind, accountKinds } from '../../store/accounts.ts';

/** One user as a line describes it, everything checked that can be checked without asking anybody. */
export interface LineUser {
  readonly phone: PhoneNumber | null;
  readonly claimedAt: Instant;
  readonly registeredAt: Instant;
  readonly nickname: Nickname | null;
  readonly email: { readonly address: Email; readonly verified: boolean } | null;
  readonly password: { readonly plain: string } | { readonly hash: string } | null;
  readonly identity: {
    readonly name: PersonName;
    readonly idNumber: IdNumber;
    readonly verified: boolean;
  } | null;
  readonly accounts: readonly { readonly kind: AccountKind; readonly amount: number }[];
}

/** Longer than any password manager makes them; Argon2 itself takes more. */
const longestPassword = 1_024;
/** The clocks of two companies differ by minutes at most. */
const aheadAtMost = 5 * 60_000;
/** ID numbers hold a birthday in China. */
const china = 'Asia/Shanghai';
/** As many faults of one line as help to find what is wrong with the file. */
const faultsTold = 3;

const line = z
  .strictObject({
    phone: z.string(),
    nickname: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    password: z.string().min(1).max(longestPassword),
    passwordHash: z.string(),
    identity: z.strictObject({ name: z.string(), idNumber: z.string(), verified: z.boolean().optional() }),
    phoneClaimedAt: z.string(),
    accounts: z.array(z.strictObject({ kind: z.enum(accountKinds), amount: z.int().min(0).max(MOST_FEN) })),
  })
  .partial()
  .extend({ registeredAt: z.string() })
  .superRefine((value, context) => {
    const fault = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (value.password !== undefined && value.passwordHash !== undefined) {
      fault(['passwordHash'], 'Only one of password and passwordHash');
    }
    if (value.emailVerified && value.email === undefined) fault(['emailVerified'], 'There is no email');
    if (value.phoneClaimedAt !== undefined && value.phone === undefined) {
      fault(['phoneClaimedAt'], 'There is no phone');
    }
    const kinds = value.accounts?.map(({ kind }) => kind) ?? [];
    const again = kinds.findIndex((kind, index) => kinds.indexOf(kind) < index);
    if (again >= 0) fault(['accounts', again, 'kind'], 'A user has one account of a kind');
  });

type Line = z.output<typeof line>;

/**
 * Reads one line of an import that was received at an instant. A refusal's `detail` begins with the JSON Pointer
 * (RFC 6901) of what is wrong, and never holds what stood there, nor a property's name that isn't ours.
 */
export function readLine(text: string, receivedAt: Instant): Parsed<LineUser> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = line.safeParse(json.value);
  return parsed.success ? userOf(parsed.data, receivedAt) : lineInvalid(parsed.error.issues);
}

/** A refusal of what stands at a JSON Pointer. */
export const refusedAt = (pointer: string, { code, detail }: Omit<Refused, 'ok'>): Refused =>
  refused(code, `${pointer}: ${detail}`);

function parseJson(text: string): Parsed<object> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return accepted(value);
  } catch {
    // The parser's own message quotes the text.
  }
  return refused('line_malformed', 'Not a JSON object');
}

function lineInvalid(issues: readonly z.core.$ZodIssue[]): Refused {
  const faults = issues.slice(0, faultsTold).map(({ path, ...issue }) => {
    const pointer = path.map((step) => `/${String(step)}`).join('');
    // Its message names the unknown property, and people put anything there.
    if (issue.code === 'unrecognized_keys') return `${pointer}: Has unknown properties`;
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return `${pointer}: ${missing ? 'Is missing' : issue.message}`;
  });
  return refused('line_invalid', faults.join('; '));
}

function userOf(value: Line, receivedAt: Instant): Parsed<LineUser> {
  const faults: Refused[] = [];
  const read = <T>(pointer: string, text: string | undefined, parse: (text: string) => Parsed<T>) => {
    if (text === undefined) return null;
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    faults.push(refusedAt(pointer, parsed));
    return null;
  };

  const past = (code: string) => (text: string) => pastInstant({ text, receivedAt, code });
  const registeredAt = read('/registeredAt', value.registeredAt, past('registered_in_future'));
  const phone = read('/phone', value.phone, parsePhoneNumber);
  const claimedAt = read('/phoneClaimedAt', value.phoneClaimedAt, past('claimed_in_future')) ?? registeredAt;
  const nickname = read('/nickname', value.nickname, parseNickname);
  const address = read('/email', value.email, parseEmail);
  const name = read('/identity/name', value.identity?.name, parsePersonName);
  const idNumber = read('/identity/idNumber', value.identity?.idNumber, (text) =>
    parseIdNumber(text, dayOf(receivedAt, china)),
  );
  const hash = read('/passwordHash', value.passwordHash, parsePasswordHash);
  if (faults[0]) return faults[0];

  const email = address === null ? null : { address, verified: value.emailVerified ?? false };
  if (phone === null && nickname === null && !email?.verified) {
    return refused('no_login', 'A user needs a phone, a nickname or a verified e-mail');
  }
  if (registeredAt === null || claimedAt === null)
    return refused('line_invalid', '/registeredAt: Is missing');
  return accepted({
    phone,
    claimedAt,
    registeredAt,
    nickname,
    email,
    password: value.password !== undefined ? { plain: value.password } : hash === null ? null : { hash },
    identity:
      name === null || idNumber === null
        ? null
        : { name, idNumber, verified: value.identity?.verified ?? false },
    accounts: value.accounts ?? [],
  });
}

function pastInstant({
  text,
  receivedAt,
  code,
}: {
  text: string;
  receivedAt: Instant;
  code: string;
}): Parsed<Instant> {
  const parsed = parseInstant(text);
  if (!parsed.ok) return refused('line_invalid', parsed.detail);
  return parsed.value > receivedAt + aheadAtMost ? refused(code, 'Lies in the future') : parsed;
}

import { z } from 'zod';
import type { Parsed } from '../domain/parsed.ts';
import { Problem, type RequestFault } from './problem.ts';
import { isProblemCode, type ProblemCode } from './problem-codes.ts';

/** The parts of a request that have a schema of their own. */
export type RequestPart = 'body' | 'path' | 'query';

/**
 * Makes a schema of text from one of the domain's parsers. What the parser refuses becomes a fault with its code and
 * its sentence, neither of which repeats the text.
 */
export function parsedText<T>(
  parse: (text: string) => Parsed<T>,
  text: z.ZodType<string, string> = z.string(),
) {
  return text.transform((value, context): T => {
    const parsed = parse(value);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.detail, params: { code: parsed.code } });
    return z.NEVER;
  });
}

/**
 * Reads a part of a request by its schema. Throws a `Problem` that names every fault: `invalid_request`, or the more
 * telling code that all of them share.
 */
export function parsePart<S extends z.ZodType>({
  schema,
  part,
  value,
}: {
  schema: S;
  part: RequestPart;
  value: unknown;
}): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap(issuesOfUnion);
  throw new Problem(sharedCode(issues), { errors: issues.flatMap((issue) => faultsOf(issue, part)) });
}

/**
 * Of a value that fits no form of a union: what is wrong with it as the form that it was meant to be, which is the one
 * that knows most of its properties, and of several the one that fits best.
 */
function issuesOfUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const [meant = []] = issue.errors
    .map((issues) => issues.flatMap(issuesOfUnion))
    .sort((a, b) => unknownIn(a) - unknownIn(b) || a.length - b.length);
  return meant.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

const unknownIn = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

function sharedCode(issues: readonly z.core.$ZodIssue[]): ProblemCode {
  const [code, ...others] = new Set(issues.map(codeOf));
  return isProblemCode(code) && others.length === 0 ? code : 'invalid_request';
}

/** The code that a domain parser gave; null for a fault of form. */
export function codeOf(issue: z.core.$ZodIssue): string | null {
  const code: unknown = issue.code === 'custom' ? issue.params?.code : null;
  return typeof code === 'string' ? code : null;
}

/** The faults that an issue stands for: one, or one for each property that should not be there. */
export function faultsOf(issue: z.core.$ZodIssue, part: RequestPart): RequestFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => faultAt([...issue.path, key], 'This property is not known here', part));
  }
  const code = codeOf(issue);
  return [faultAt(issue.path, code === null ? messageOf(issue) : `${code}: ${issue.message}`, part)];
}

function faultAt(path: readonly PropertyKey[], message: string, part: RequestPart): RequestFault {
  return part === 'body' ? { pointer: pointerTo(path), message } : { parameter: nameable(path[0]), message };
}

/** A JSON Pointer (RFC 6901). */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${nameable(step)}`).join('');
}

/** What a caller wrote where a property's name belongs may be anything, a phone number too; only names are repeated. */
const NAME = /^[A-Za-z_][\w-]{0,63}$/;

function nameable(step: PropertyKey | undefined): string {
  return typeof step === 'number' || (typeof step === 'string' && NAME.test(step))
    ? String(step)
    : '(unnamed)';
}

/** What zod says of a fault, which names types, limits and the values that are allowed, never the one that came. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' &&
    issue.input === undefined &&
    issue.message.endsWith('received undefined')
    ? 'Required'
    : issue.message;
}

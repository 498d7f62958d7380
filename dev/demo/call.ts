import type { z } from 'zod';
import { maskText } from '../../platform/redaction.ts';
import { StoryBroken } from './witness.ts';

/** A request to one of the stack's servers. */
export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
};

/** The longest that anything here is waited for is an import's end, 20 s. */
const TIMEOUT_MS = 30_000;

/** Says what went wrong with a call. Numbers are masked: those of the demo are made up, but may be somebody's. */
const broken = ({ method, url }: Call, what: string): StoryBroken =>
  new StoryBroken(maskText(`${method} ${decodeURIComponent(url)}: ${what}`));

/** Makes a call and gives its answer, whatever it is. Throws `StoryBroken` where there is none. */
async function answerOf(call: Call): Promise<Response> {
  const { method, url, headers, body } = call;
  return fetch(url, {
    method,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw broken(call, `no answer (${String(error)})`);
  });
}

/** Makes a call and gives the text of its answer. Throws `StoryBroken` for any answer but a 2xx, and for none. */
export async function textOf(call: Call): Promise<string> {
  const response = await answerOf(call);
  const text = await response.text();
  if (!response.ok) throw broken(call, `answered ${response.status}\n${text}`);
  return text;
}

/** Makes a call and reads the JSON of its answer. Throws `StoryBroken` as `textOf`, and where the answer has another form. */
export async function jsonOf<S extends z.ZodType>(call: Call, schema: S): Promise<z.output<S>> {
  const text = await textOf(call);
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw broken(call, `the answer has another form than it should\n${text}`);
}

/** Makes a call whose answer may be a refusal, and reads it: the JSON, or an empty object where there is none. */
export async function outcomeOf<S extends z.ZodType>(
  call: Call,
  schema: S,
): Promise<{ status: number; body: z.output<S> }> {
  const response = await answerOf(call);
  const text = await response.text();
  const parsed = schema.safeParse(text === '' ? {} : JSON.parse(text));
  if (parsed.success) return { status: response.status, body: parsed.data };
  throw broken(call, `the answer ${response.status} has another form than it should\n${text}`);
}

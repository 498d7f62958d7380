import { type ProblemCode, problemCodes } from '../../api/problem-codes.ts';
import type { Answered } from './api.ts';

/** Expects an answer to be that problem, in the form of RFC 9457 and with nothing more in it. */
export function expectProblem(answered: Answered, code: ProblemCode): void {
  expect(answered.body).toEqual({
    type: `urn:linekeeper:problem:${code.replaceAll('_', '-')}`,
    title: problemCodes[code].title,
    status: problemCodes[code].status,
    detail: expect.any(String),
    code,
    ...(hasErrors(answered.body) ? { errors: expect.any(Array) } : {}),
  });
  expect(answered.status).toBe(problemCodes[code].status);
  expect(answered.headers.get('content-type')).toBe('application/problem+json');
  expect(answered.headers.get('x-correlator')).toMatch(/^[\w-]+$/);
  expect(answered.text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(/);
}

/** The faults that a problem names. */
export function faultsOf({
  body,
}: Answered): { pointer?: string; parameter?: string; message: string; id?: string }[] {
  return hasErrors(body) ? body.errors : [];
}

function hasErrors(body: unknown): body is { errors: { message: string }[] } {
  return typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors);
}

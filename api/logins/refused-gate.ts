import { alternatives } from '../../domain/gate-rules.ts';
import { Problem } from '../problem.ts';
import type { ProblemOfRoute } from '../route.ts';

/** Why a code doesn't let in or set a password, though it was right. All are 403, with the same list of other ways. */
export const gateProblems = [
  { code: 'number_recycled', status: 403 },
  { code: 'number_frozen', status: 403 },
  { code: 'number_undecided', status: 403 },
  { code: 'no_such_login', status: 403 },
] as const satisfies readonly ProblemOfRoute[];

/** The problem of a code that doesn't let in. */
export function refusedGate(code: (typeof gateProblems)[number]['code']): Problem {
  return new Problem(code, { status: 403, extensions: { alternatives } });
}

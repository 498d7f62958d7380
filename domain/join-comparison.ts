import type { AskedSince } from './carrier-reply.ts';
import { type Day, daySpan, type Instant } from './instant.ts';
import type { Span } from './joined.ts';

/** Nothing is known of when a tenancy began. */
const ANY_TIME: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/**
 * The span in which the present tenancy must have begun, from a carrier's answers to "did it begin after day D?":
 * yes puts it after the last instant of D, no before. `from` and `until` may be infinite.
 */
export function spanOfAnswers(asked: readonly AskedSince[], timeZone: string): Span {
  let { from, until } = ANY_TIME;
  for (const { since, reply } of asked) {
    const endOfDay = daySpan(since, timeZone).until;
    if (reply.kind === 'answer' && reply.value) {
      from = Math.max(from, endOfDay);
    } else if (reply.kind === 'answer') {
      until = Math.min(until, endOfDay);
    }
  }
  return { from, until };
}

/**
 * Whether a tenancy that began within `began` began after an instant or before it. `overlap`: the span holds the
 * instant, so either may be true.
 */
export function compareBeginning(began: Span, instant: Instant): 'later' | 'earlier' | 'overlap' {
  if (began.from > instant) {
    return 'later';
  }
  return began.until <= instant ? 'earlier' : 'overlap';
}

/** Whether a tenancy that began within `began` began on a day: surely (`within`), surely not (`apart`), or perhaps. */
export function compareWithDay(began: Span, day: Day, timeZone: string): 'within' | 'apart' | 'perhaps' {
  const { from, until } = daySpan(day, timeZone);
  if (began.from >= from && began.until <= until) {
    return 'within';
  }
  return began.until <= from || began.from >= until ? 'apart' : 'perhaps';
}

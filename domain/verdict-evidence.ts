import type { Asked } from './carrier-reply.ts';
import { formatInstant } from './instant.ts';
import type { Joined } from './joined.ts';
import type { VerdictQuestion } from './verdict-question.ts';

/**
 * What a verdict rests on, as one flat record to be stored with every decision it led to: who was asked what, what they
 * said, when, and since when the province's reports are complete. Times in RFC 3339; no personal data.
 */
export type VerdictEvidence = Readonly<Record<string, string | boolean | null>>;

/** Writes down everything that was known when the verdict was given. */
export function evidenceOf(question: VerdictQuestion): VerdictEvidence {
  const { claim, events, line, match, port, province, recycledSince } = question;
  return {
    anchoredAt: formatInstant(claim.anchoredAt),
    rememberedJoined: claim.tenancy && textOf(claim.tenancy.joined),
    rememberedFrom: claim.tenancy?.source ?? null,
    trackedSince: province.trackedSince,
    events: events.kind,
    ...(events.kind !== 'nothing' && { eventsAt: formatInstant(events.at) }),
    ...('eventKey' in events && { eventKey: events.eventKey }),
    ...(port && { portedAt: formatInstant(port.at) }),
    ...(line && { ...entry('line', line), ...lineFacts(line.reply) }),
    ...Object.assign({}, ...recycledSince.map((asked) => entry(`recycledSince ${asked.since}`, asked))),
    ...(match && entry('match', match)),
  };
}

function entry(question: string, { source, at, reply }: Asked<unknown>): VerdictEvidence {
  return {
    [question]: reply.kind === 'answer' ? answerText(reply.value) : reply.kind,
    [`${question} from`]: source,
    [`${question} at`]: formatInstant(at),
  };
}

function lineFacts(reply: NonNullable<VerdictQuestion['line']>['reply']): VerdictEvidence {
  return reply.kind === 'answer'
    ? { joined: reply.value.joined && textOf(reply.value.joined), portedIn: reply.value.portedIn }
    : {};
}

function answerText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'status' in value
    ? String(value.status)
    : String(value);
}

/** A join date as a carrier would write it: an instant, a day, or a band of days as an ISO 8601 interval. */
function textOf(joined: Joined): string {
  switch (joined.precision) {
    case 'second':
      return formatInstant(joined.at);
    case 'day':
      return joined.day;
    case 'months':
      return `${joined.from}/${joined.to}`;
  }
}

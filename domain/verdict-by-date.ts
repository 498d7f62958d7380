import { addDays, type Day, dayOf, daySpan } from './instant.ts';
import { compareBeginning, compareWithDay, spanOfAnswers } from './join-comparison.ts';
import { joinedSpan, type Span, sameJoined } from './joined.ts';
import {
  type Finding,
  find,
  lineOf,
  type NextQuestion,
  type Step,
  type VerdictQuestion,
  type VerdictRule,
} from './verdict-question.ts';

/** The span in which the present tenancy began, as far as the carrier said. */
function beganWithin(question: VerdictQuestion): Span {
  const { timeZone } = question.province;
  const joined = lineOf(question)?.joined;
  return joined ? joinedSpan(joined, timeZone) : spanOfAnswers(question.recycledSince, timeZone);
}

/** The first of the day and the day before it that hasn't been asked about: together they tell whether it was that day. */
function askAround(day: Day, question: VerdictQuestion): NextQuestion | null {
  const open = [day, addDays(day, -1)].find((each) =>
    question.recycledSince.every(({ since }) => since !== each),
  );
  return open === undefined ? null : { ask: { recycledSince: open } };
}

/** Where a transfer leaves the join date as it is, no join date tells one; only complete events do. */
function currentUnlessTransferred(question: VerdictQuestion, rule: VerdictRule): Finding {
  if (question.province.restartsOnTransfer) {
    return find('current', rule);
  }
  return question.events.kind === 'continues'
    ? find('current', 'events-continue')
    : find('undecided', 'transfer-invisible');
}

/** One row of the table: what it finds or needs, or null where it doesn't apply. */
type Row = (question: VerdictQuestion) => Step | null;

const eventsTellAnEnd: Row = ({ events }) => {
  switch (events.kind) {
    case 'ended-frozen':
      return find('frozen', 'events-frozen');
    case 'ended-recycled':
      return find('recycled', 'events-recycled');
    default:
      return null;
  }
};

const lineIsUnknown: Row = ({ line }) => {
  if (line === null) {
    return { ask: 'line' };
  }
  const { kind } = line.reply;
  return kind === 'answer' || kind === 'no-capability' ? null : find('undecided', kind);
};

const nobodyHoldsIt: Row = (question) => {
  const status = lineOf(question)?.status;
  return status === 'frozen' || status === 'not-in-use' ? find('frozen', 'carrier-frozen') : null;
};

const sameJoinDate: Row = (question) => {
  const { claim, province } = question;
  const remembered = claim.tenancy?.joined;
  const joined = lineOf(question)?.joined;
  if (!remembered || !joined || !sameJoined(remembered, joined)) {
    return null;
  }
  // A description that came late may be that of the next holder: it begins after the claim, and says nothing for it.
  const later = compareBeginning(joinedSpan(joined, province.timeZone), claim.anchoredAt) === 'later';
  return later ? null : currentUnlessTransferred(question, 'same-join-date');
};

const dateIsUnknown: Row = (question) => {
  if (lineOf(question)?.joined) {
    return null;
  }
  if (!question.capabilities.recycledSince) {
    return question.events.kind === 'continues'
      ? find('current', 'events-continue')
      : find('undecided', 'no-capability');
  }
  for (const { reply } of question.recycledSince) {
    if (reply.kind !== 'answer') {
      return find('undecided', reply.kind);
    }
  }
  const { claim, port, province } = question;
  const began = beganWithin(question);
  switch (compareBeginning(began, claim.anchoredAt)) {
    case 'overlap':
      return askAround(dayOf(claim.anchoredAt, province.timeZone), question);
    case 'later': {
      const portDay = port && dayOf(port.at, province.timeZone);
      return portDay && compareWithDay(began, portDay, province.timeZone) === 'perhaps'
        ? askAround(portDay, question)
        : null;
    }
    case 'earlier':
      return null;
  }
};

const joinedLater: Row = (question) => {
  const { claim, port, province } = question;
  const began = beganWithin(question);
  if (compareBeginning(began, claim.anchoredAt) !== 'later') {
    return null;
  }
  const line = lineOf(question);
  if (port === null) {
    return line?.portedIn ? find('undecided', 'ported-unreported') : find('recycled', 'joined-later');
  }
  const ofThePort =
    port.joined && line?.joined && sameJoined(port.joined, line.joined)
      ? 'within'
      : compareWithDay(began, dayOf(port.at, province.timeZone), province.timeZone);
  if (ofThePort === 'apart') {
    return find('recycled', 'joined-later');
  }
  // The port hides what came before it, so the time from the claim on must have been reported.
  const tracked = daySpan(province.trackedSince, province.timeZone).from <= claim.anchoredAt;
  return ofThePort === 'within' && tracked
    ? find('current', 'port-continues')
    : find('undecided', 'port-unclear');
};

const joinedEarlier: Row = (question) =>
  compareBeginning(beganWithin(question), question.claim.anchoredAt) === 'earlier'
    ? currentUnlessTransferred(question, 'joined-earlier')
    : null;

/** The rows in their order: the first that applies decides, or asks for what it needs. */
const table: readonly Row[] = [
  eventsTellAnEnd,
  lineIsUnknown,
  nobodyHoldsIt,
  sameJoinDate,
  dateIsUnknown,
  joinedLater,
  joinedEarlier,
];

/** The verdict by events and dates alone (all rules but that of the same person), or the answer that it needs next. */
export function judgeByDate(question: VerdictQuestion): Step {
  for (const row of table) {
    const step = row(question);
    if (step !== null) {
      return step;
    }
  }
  return find('undecided', 'joined-overlap');
}

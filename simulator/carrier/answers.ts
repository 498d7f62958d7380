import type { Response } from 'express';
import { type Day, dayOf, formatInstant, type Instant } from '../../domain/instant.ts';
import { sameName } from '../../domain/person-name.ts';
import type { Customer, Identity } from '../books/books.ts';
import { isHeld, type Line } from '../books/line.ts';
import type { Capabilities } from '../config.ts';

/** An answer of the json-http dialect. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** An error answer of the json-http dialect. */
export function errorAnswer(status: number, code: string, detail: string): Answer {
  return { status, body: { code, detail } };
}

/** The system has no such line. */
export const lineNotFound = errorAnswer(404, 'line_not_found', 'No such line at this system');

/** The system doesn't do what it was asked for. */
export const capabilityMissing = errorAnswer(
  501,
  'capability_missing',
  'This system has no answer to that question',
);

/** Nobody is there: no such system, no such call. */
export const notFound = errorAnswer(404, 'not_found', 'No such system or call');

/** The province, or a line of it, fails. */
export const outOfService = errorAnswer(503, 'out_of_service', 'The province is out of service');

/** Writes an answer. */
export function send(response: Response, { status, body }: Answer): void {
  response.status(status).json(body);
}

/** How a system answers. `timeZone` is its province's. */
export interface Manner {
  readonly capabilities: Capabilities;
  readonly timeZone: string;
}

/** `lines/query`: how a line stands and since when it is held, as precisely as the system tells it. */
export function answerQuery(line: Line, { capabilities, timeZone }: Manner): Answer {
  const tells = isHeld(line) && line.quirk !== 'cannot-say';
  return {
    status: 200,
    body: {
      lineId: line.tenancy.lineId,
      status: line.status,
      portedIn: line.portedIn,
      tenancy: tells ? joined(line.tenancy.joinedAt, capabilities.joinDate, timeZone) : null,
    },
  };
}

/** `lines/recycled-since`: whether the current tenancy began after a day. A number nobody holds is not found. */
export function answerRecycledSince(line: Line, { date, timeZone }: { date: Day; timeZone: string }): Answer {
  if (!isHeld(line) || line.quirk === 'cannot-say') {
    return lineNotFound;
  }
  return { status: 200, body: { recycled: dayOf(line.tenancy.joinedAt, timeZone) > date } };
}

/** `lines/match`: whether the line's customer is that person; null when there is no customer on it. */
export function answerMatch(
  line: Line,
  { customer, asked }: { customer: Customer | null; asked: Identity },
): Answer {
  const tells = isHeld(line) && customer !== null && line.quirk !== 'cannot-say';
  return { status: 200, body: { match: tells ? samePerson(customer, asked) : null } };
}

function joined(
  joinedAt: Instant,
  joinDate: Capabilities['joinDate'],
  timeZone: string,
): Record<string, string> | null {
  switch (joinDate) {
    case 'second':
      return { joinedAt: formatInstant(Math.floor(joinedAt / 1_000) * 1_000) };
    case 'day':
      return { joinedOn: dayOf(joinedAt, timeZone) };
    case 'months':
      return quarterOf(dayOf(joinedAt, timeZone));
    case 'absent':
      return null;
  }
}

/** The calendar quarter that a day lies in: the band of months that is told instead of the day. */
function quarterOf(day: Day): { joinedFrom: Day; joinedTo: Day } {
  const year = day.slice(0, 4);
  const quarter = Math.floor((Number(day.slice(5, 7)) - 1) / 3);
  const [from, to] = [
    ['01-01', '03-31'],
    ['04-01', '06-30'],
    ['07-01', '09-30'],
    ['10-01', '12-31'],
  ][quarter] ?? ['', ''];
  return { joinedFrom: `${year}-${from}`, joinedTo: `${year}-${to}` };
}

function samePerson(a: Identity, b: Identity): boolean {
  const plain = (idNumber: string): string => idNumber.normalize('NFKC').trim().toUpperCase();
  return sameName(a.name, b.name) && plain(a.idNumber) === plain(b.idNumber);
}

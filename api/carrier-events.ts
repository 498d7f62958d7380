import type { Registry } from '../carriers/registry.ts';
import type { Routing } from '../carriers/routing.ts';
import { dayOf, type Instant } from '../domain/instant.ts';
import type { Joined } from '../domain/joined.ts';
import { checkEventTime, eventKeyOf } from '../domain/number/event.ts';
import type { Heartbeat, ReportedEvent } from '../domain/number/report.ts';
import { maskText } from '../platform/redaction.ts';
import { Problem, type RequestFault } from './problem.ts';
import { type CarrierEvent, carrierEventSchema, mostEvents } from './schemas/carrier-event.ts';
import { codeOf, faultsOf, pointerTo } from './validation.ts';

/** What a call brought, checked. */
export interface CheckedEvents {
  readonly events: readonly ReportedEvent[];
  readonly heartbeats: readonly Heartbeat[];
}

/** The call that events came by. */
interface Call {
  readonly province: string;
  readonly system: string;
  readonly receivedAt: Instant;
}

type NumberReport = Exclude<CarrierEvent, { type: 'feed.heartbeat' }>;

/** The code of a fault of form. */
const formFault = 'event_invalid';

/**
 * Checks the events of a call one by one; takes all of them or none. Whether a number is served, and by which province,
 * is answered from the routing alone: the store isn't asked on the way of an acknowledgement.
 * Throws a `Problem`: `events_invalid` names every offending event by its place and, where that can be told, its id.
 */
export function checkEvents({
  json,
  call,
  registry,
  routing,
}: {
  json: unknown;
  call: Call;
  registry: Pick<Registry, 'provinceOf'>;
  routing: Routing;
}): CheckedEvents {
  const batch = Array.isArray(json) ? json : [json];
  if (batch.length > mostEvents) {
    throw new Problem('batch_too_large', { detail: `A call takes up to ${mostEvents} events` });
  }
  const timeZone = registry.provinceOf(call.province)?.timeZone ?? 'Asia/Shanghai';
  const faults: RequestFault[] = [];
  const events: CarrierEvent[] = [];
  for (const [index, item] of batch.entries()) {
    const path = Array.isArray(json) ? [index] : [];
    const form = carrierEventSchema.safeParse(item);
    const found = form.success
      ? meaningFaults(form.data, { call, timeZone, routing })
      : form.error.issues.flatMap((issue) => formFaults(issue));
    if (form.success) events.push(form.data);
    faults.push(...found.map((fault) => placed(fault, path, item)));
  }
  if (faults.length > 0) throw new Problem('events_invalid', { errors: faults });
  return {
    events: events.flatMap((event) => (event.type === 'feed.heartbeat' ? [] : [reportedOf(event, call)])),
    heartbeats: events.flatMap((event) =>
      event.type === 'feed.heartbeat' ? [{ at: event.time, sequence: event.sequence ?? null }] : [],
    ),
  };
}

function formFaults(issue: Parameters<typeof faultsOf>[0]): RequestFault[] {
  // What zod says of a discriminator that fits nothing.
  const isUnknownType = issue.code === 'invalid_union' && issue.path[0] === 'type';
  if (isUnknownType) return [fault(['type'], 'event_type_unknown', 'No such type of event')];
  const prefix = codeOf(issue) === null ? `${formFault}: ` : '';
  return faultsOf(issue, 'body').map((found) => ({ ...found, message: `${prefix}${found.message}` }));
}

const fault = (path: readonly string[], code: string, detail: string): RequestFault => ({
  pointer: pointerTo(path),
  message: `${code}: ${detail}`,
});

/** What is wrong with an event of the right form. */
function meaningFaults(
  event: CarrierEvent,
  { call, timeZone, routing }: { call: Call; timeZone: string; routing: Routing },
): RequestFault[] {
  const faults: RequestFault[] = [];
  const time = checkEventTime({ at: event.time, now: call.receivedAt });
  if (!time.ok) faults.push(fault(['time'], time.code, time.detail));
  if (event.type === 'feed.heartbeat') return faults;

  const { data } = event;
  const home = routing.routeOf(data.phone);
  if (home === null) {
    faults.push(fault(['data', 'phone'], 'number_not_served', 'No province here serves this number'));
  } else if (home.province !== call.province) {
    faults.push(
      fault(['data', 'phone'], 'number_of_another_province', 'This number belongs to another province'),
    );
  }
  if ('joinedAt' in data && data.joinedAt && isAhead(data.joinedAt, call.receivedAt, timeZone)) {
    faults.push(fault(['data', 'joinedAt'], 'joined_in_future', 'The join date lies ahead'));
  }
  const named: [path: string[], text: string][] = [
    [['id'], event.id],
    [['source'], event.source],
    ...('eventId' in data ? [[['data', 'eventId'], data.eventId] satisfies [string[], string]] : []),
  ];
  for (const [path, text] of named) {
    if (holdsPhone(text, data.phone)) {
      faults.push(fault(path, 'phone_in_key', 'Must not contain the phone number: it becomes part of keys'));
    }
  }
  return faults;
}

/** Join dates are held to the same clock as event times. */
function isAhead(joined: Joined, now: Instant, timeZone: string): boolean {
  switch (joined.precision) {
    case 'second':
      return !checkEventTime({ at: joined.at, now }).ok;
    case 'day':
      return joined.day > dayOf(now, timeZone);
    case 'months':
      return joined.from > dayOf(now, timeZone);
  }
}

/** Whether a text contains the digits of a number without its country code, however they are parted. */
function holdsPhone(text: string, phone: string): boolean {
  const digits = phone.replace(/^\+86/, '');
  return digits !== '' && text.replace(/[\s().+_/-]/g, '').includes(digits);
}

/** Gives a fault its place in the body, and the event's id unless that is no fit name. */
function placed(found: RequestFault, path: readonly number[], item: unknown): RequestFault {
  const id = idOf(item);
  return { ...found, pointer: `${pointerTo(path)}${found.pointer ?? ''}`, ...(id === null ? {} : { id }) };
}

const READABLE_ID = /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;

/** The id of an event that may be ill-formed; null where it is none, or may be somebody's number. */
function idOf(item: unknown): string | null {
  const { id, data } = partsOf(item);
  if (typeof id !== 'string' || !READABLE_ID.test(id) || maskText(id) !== id) return null;
  const { phone } = partsOf(data);
  return typeof phone === 'string' && holdsPhone(id, phone) ? null : id;
}

function partsOf(item: unknown): { id?: unknown; data?: unknown; phone?: unknown } {
  return typeof item === 'object' && item !== null ? item : {};
}

/** The event as histories keep it, with the phone that it is about. The identity is left behind. */
function reportedOf(event: NumberReport, { province, system, receivedAt }: Call): ReportedEvent {
  const { data } = event;
  return {
    key: eventKeyOf(event),
    id: event.id,
    type: event.type,
    at: event.time,
    receivedAt,
    province,
    system,
    // Some systems name their lines by the number itself, which must not stand in a history.
    lineId: data.lineId === undefined || holdsPhone(data.lineId, data.phone) ? null : data.lineId,
    joined: 'joinedAt' in data ? (data.joinedAt ?? null) : null,
    retracts: 'eventId' in data ? data.eventId : null,
    phone: data.phone,
    sequence: event.sequence ?? null,
  };
}

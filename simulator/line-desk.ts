import type { DatabaseSync } from 'node:sqlite';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Books, Identity } from './books/books.ts';
import { changeLine, type Line, type LineChange, type Quirk } from './books/line.ts';
import { type SimulatorConfig, type SystemName, systemOf } from './config.ts';
import { inTransaction } from './database.ts';
import type { FaultBoard } from './faults.ts';
import type { FeedEvent, Outbox } from './feed/outbox.ts';
import { Problem } from './problem.ts';

/** A province's record of a line, to be written whatever was there. */
interface LineRecord extends SystemName {
  readonly phone: string;
  readonly lineId?: string | undefined;
  readonly joinedAt: Instant;
  readonly identity?: Identity | null | undefined;
  readonly portedIn: boolean;
  readonly quirk?: Quirk | undefined;
}

/** A change asked for. `silent` changes the books and tells nobody. */
interface ChangeRequest {
  readonly phone: string;
  readonly kind: LineChange['kind'];
  readonly at: Instant;
  readonly identity?: Identity | undefined;
  readonly system?: string | undefined;
  readonly silent: boolean;
}

/** A line after a change, and the event that tells of it, written but not sent yet; null when nobody is told. */
export interface Told {
  readonly line: Line;
  readonly event: FeedEvent | null;
}

/** The provinces' counters: changes books and event feed together. Throws a `Problem` for what can't be done. */
export interface LineDesk {
  line(phone: string): Line;
  put(record: LineRecord): Line;
  change(request: ChangeRequest): Told;
  /** Takes an event back (the line's last one without an id), and its change too if that was the line's last. */
  retract(request: { phone: string; eventId?: string | undefined; at: Instant }): Told;
}

/** What the counters stand on. */
export interface LineDeskParts {
  readonly config: SimulatorConfig;
  readonly database: DatabaseSync;
  readonly books: Books;
  readonly outbox: Outbox;
  readonly faults: FaultBoard;
}

const RETRACTED = 'event.retracted';

/** Opens the counters. */
export function createLineDesk({ config, database, books, outbox, faults }: LineDeskParts): LineDesk {
  function findLine(phone: string): Line {
    const line = books.findLine(phone);
    if (line === null) {
      throw new Problem(404, 'line_not_found', 'No province has that line in its books');
    }
    return line;
  }

  function put(record: LineRecord): Line {
    const { phone, province, system, joinedAt, identity, portedIn, quirk } = record;
    requirePhones({ province, system });
    const before = books.findLine(phone);
    const same =
      before?.province === province && before.system === system && before.tenancy.joinedAt === joinedAt;
    const line: Line = {
      phone,
      province,
      system,
      status: 'in-use',
      portedIn,
      earlier: [],
      tenancy: {
        // Writing the same record twice leaves the same record.
        lineId: record.lineId ?? (same ? before.tenancy.lineId : books.newLineId()),
        joinedAt,
        endedAt: null,
        endReason: null,
        holder: holderOf(identity),
      },
      quirk: quirk ?? null,
      lastChange: null,
    };
    books.writeLine(line);
    return line;
  }

  function change(request: ChangeRequest): Told {
    const before = findLine(request.phone);
    const changed = changeLine(before, changeOf(before, request));
    if (!changed.ok) {
      throw new Problem(409, changed.code, changed.detail);
    }
    const { line, late, event: facts } = changed.value;
    const from = { province: line.province, system: facts.system };
    const event = request.silent
      ? null
      : tell({
          from,
          type: facts.type,
          time: request.at,
          phone: line.phone,
          data: {
            phone: line.phone,
            lineId: facts.lineId,
            ...(facts.joinedAt === null ? {} : { joinedAt: formatInstant(facts.joinedAt) }),
            ...(request.identity === undefined || !beginsTenancy(request.kind)
              ? {}
              : { identity: request.identity }),
          },
          lineBefore: late ? null : JSON.stringify(before),
        });
    if (late) {
      return { line, event };
    }
    const after = { ...line, lastChange: event?.id ?? null };
    books.writeLine(after);
    return { line: after, event };
  }

  function retract({
    phone,
    eventId,
    at,
  }: {
    phone: string;
    eventId?: string | undefined;
    at: Instant;
  }): Told {
    const line = findLine(phone);
    const events = outbox.ofLine(phone);
    const wrong = events.findLast(
      ({ id, type }) => type !== RETRACTED && (eventId === undefined || id === eventId),
    );
    if (wrong === undefined) {
      throw new Problem(404, 'event_not_found', 'No such event of this line');
    }
    const { id, province, system, lineBefore } = wrong;
    if (events.some((event) => event.type === RETRACTED && dataOf(event).eventId === id)) {
      throw new Problem(409, 'already_retracted', 'That event has been retracted already');
    }
    const undone = line.lastChange === id && lineBefore !== null;
    const after = undone ? (JSON.parse(lineBefore) as Line) : line;
    books.writeLine(after);
    const data = { phone, lineId: dataOf(wrong).lineId, eventId: id };
    const event = tell({
      from: { province, system },
      type: RETRACTED,
      time: at,
      phone,
      data,
      lineBefore: null,
    });
    return { line: after, event };
  }

  /** Writes an event, unless the system has no event feed. */
  function tell(event: Omit<Parameters<Outbox['append']>[0], 'lost'>): FeedEvent | null {
    return systemOf(config, event.from)?.capabilities.events === true
      ? outbox.append({ ...event, lost: faults.hits(event.from.province, 'loseEvents') })
      : null;
  }

  function changeOf(line: Line, { kind, at, identity, system }: ChangeRequest): LineChange {
    switch (kind) {
      case 'reissue':
        return { kind, at, lineId: books.newLineId(), holder: holderOf(identity) };
      case 'transfer':
        return { kind, at, holder: holderOf(identity) };
      case 'port':
        return { kind, at, lineId: books.newLineId(), system: portTarget(line, system) };
      default:
        return { kind, at };
    }
  }

  /** Where a number goes on a port: the named system, or the only other one of its kind. */
  function portTarget(line: Line, named: string | undefined): string {
    const { kind } = requirePhones(line);
    const systems = config.provinces[line.province]?.systems ?? {};
    const possible = Object.keys(systems).filter((system) => systems[system]?.kind === kind);
    const [only, ...more] = possible.filter((system) => system !== line.system);
    const target = named ?? (more.length === 0 ? only : undefined);
    if (target === undefined || !possible.includes(target)) {
      throw new Problem(400, 'bad_request', `/system: must be one of ${possible.join(', ')}`);
    }
    return target;
  }

  function requirePhones(name: SystemName): { kind: 'mobile' | 'fixed' } {
    const kind = systemOf(config, name)?.kind;
    if (kind === undefined) {
      throw new Problem(400, 'bad_request', '/province, /system: no such system');
    }
    if (kind === 'broadband') {
      throw new Problem(400, 'bad_request', '/system: a broadband system has no phone numbers');
    }
    return { kind };
  }

  const holderOf = (identity: Identity | null | undefined) =>
    identity === undefined || identity === null ? null : books.openAccount(identity);

  return {
    line: findLine,
    put: (record) => inTransaction(database, () => put(record)),
    change: (request) => inTransaction(database, () => change(request)),
    retract: (request) => inTransaction(database, () => retract(request)),
  };
}

const beginsTenancy = (kind: LineChange['kind']): boolean => kind === 'reissue' || kind === 'transfer';

function dataOf(event: FeedEvent): Record<string, unknown> {
  return (JSON.parse(event.body) as { data: Record<string, unknown> }).data;
}

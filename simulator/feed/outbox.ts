import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { SystemName } from '../config.ts';
import { nextNumber } from '../database.ts';

/** An event as it was or will be sent. */
export interface FeedEvent extends SystemName {
  readonly id: string;
  /** The line's number; null for a heartbeat. */
  readonly phone: string | null;
  readonly type: string;
  /** The CloudEvents 1.0 event as JSON, the same bytes at every attempt. */
  readonly body: string;
  /** `waiting` until Linekeeper has taken it; `lost` was never meant to be sent (fault `loseEvents`). */
  readonly state: 'waiting' | 'delivered' | 'lost';
  readonly attempts: number;
  /** The status of the last answer; null before the first. */
  readonly status: number | null;
  /** How the line stood before the event's change, for a retraction; null when it changed nothing. */
  readonly lineBefore: string | null;
}

/** An event to be written. */
interface NewEvent {
  readonly from: SystemName;
  readonly type: string;
  readonly time: Instant;
  readonly phone: string | null;
  readonly data: Record<string, unknown>;
  readonly lineBefore: string | null;
  /** Written and numbered, but never sent. */
  readonly lost: boolean;
}

/** All events of all systems, and which of them are still on their way; it lasts over a restart. */
export interface Outbox {
  /** Writes an event under the next sequence number of its system. */
  append(event: NewEvent): FeedEvent;
  /** Notes an attempt: any 2xx delivers the event, and a delivered heartbeat is forgotten. */
  attempted(event: FeedEvent, status: number | null): void;
  /** What is on its way, oldest first. */
  waiting(): FeedEvent[];
  /** Whether a heartbeat of the system is on its way. */
  heartbeatWaits(from: SystemName): boolean;
  find(id: string): FeedEvent | null;
  /** The events about a number, oldest first. */
  ofLine(phone: string): FeedEvent[];
}

/** The type of the event that only says that a feed is alive. */
export const HEARTBEAT = 'feed.heartbeat';

/** Whether an answer means that the event is durable on the other side. */
export function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** The outbox in a database. Callers wrap what belongs together in a transaction. */
export function createOutbox(database: DatabaseSync): Outbox {
  const add = database.prepare(
    `insert into events (id, phone, province, system, type, body, line_before, state, attempts)
     values (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  const byId = database.prepare('select * from events where id = ?');
  const byPhone = database.prepare('select * from events where phone = ? order by position');
  const byState = database.prepare('select * from events where state = ? order by position');
  const waitingOfType = database.prepare(
    `select 1 from events where state = 'waiting' and type = ? and province = ? and system = ?`,
  );
  const note = database.prepare('update events set attempts = attempts + 1, status = ? where id = ?');
  const settle = database.prepare(`update events set state = 'delivered' where id = ?`);
  const forget = database.prepare('delete from events where id = ?');

  return {
    append({ from: { province, system }, type, time, phone, data, lineBefore, lost }) {
      const id = randomUUID();
      const body = JSON.stringify({
        specversion: '1.0',
        id,
        source: `/carriers/${province}/${system}`,
        type,
        time: formatInstant(time),
        sequence: String(nextNumber(database, `sequence ${province}/${system}`)),
        datacontenttype: 'application/json',
        data,
      });
      const state = lost ? 'lost' : 'waiting';
      add.run(id, phone, province, system, type, body, lineBefore, state);
      return { id, phone, province, system, type, body, lineBefore, state, attempts: 0, status: null };
    },
    attempted({ id, type }, status) {
      if (isTaken(status) && type === HEARTBEAT) {
        forget.run(id);
        return;
      }
      note.run(status, id);
      if (isTaken(status)) {
        settle.run(id);
      }
    },
    waiting: () => byState.all('waiting').map(eventOf),
    heartbeatWaits: ({ province, system }) => waitingOfType.get(HEARTBEAT, province, system) !== undefined,
    find(id) {
      const row = byId.get(id);
      return row === undefined ? null : eventOf(row);
    },
    ofLine: (phone) => byPhone.all(phone).map(eventOf),
  };
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

function eventOf(row: Row): FeedEvent {
  return {
    id: String(row.id),
    phone: row.phone === null ? null : String(row.phone),
    province: String(row.province),
    system: String(row.system),
    type: String(row.type),
    body: String(row.body),
    state: row.state === 'delivered' || row.state === 'lost' ? row.state : 'waiting',
    attempts: Number(row.attempts),
    status: row.status === null ? null : Number(row.status),
    lineBefore: row.line_before === null ? null : String(row.line_before),
  };
}

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * All that the simulator must still know after a restart. A line is one document, because it is only ever read and
 * replaced as a whole; customers and billing accounts are rows of their own, because several lines can share them.
 */
const SCHEMA = `
  create table if not exists counters (name text primary key, value integer not null);
  create table if not exists customers (id text primary key, name text not null, id_number text not null);
  -- finds the customer that a person already is when they take another line
  create index if not exists customers_by_person on customers (id_number, name);
  create table if not exists accounts (id text primary key, customer_id text not null references customers (id));
  create table if not exists lines (phone text primary key, document text not null);
  create table if not exists bills (
    phone text not null, month text not null, amount_fen integer not null, primary key (phone, month)
  );
  create table if not exists bindings (binding_id text primary key, phone text not null, status text not null);
  create table if not exists payments (
    bill_id text primary key, phone text not null, month text not null, amount_fen integer not null
  );
  create table if not exists events (
    position integer primary key, id text not null unique, phone text, province text not null,
    system text not null, type text not null, body text not null, line_before text,
    state text not null, attempts integer not null, status integer
  );
  -- the line's last event, for replay and retraction
  create index if not exists events_by_phone on events (phone, position);
  -- what is still on its way after a restart
  create index if not exists events_by_state on events (state, position);
  create table if not exists messages (
    position integer primary key, channel text not null, at integer not null, recipient text not null,
    subject text, message_id text, text text not null
  );
  -- the outboxes: what a phone or an address was sent
  create index if not exists messages_by_recipient on messages (channel, recipient, position);
  create table if not exists faults (province text primary key, document text not null);
`;

/**
 * Opens the simulator's file, and creates it with its folder where there is none; `:memory:` keeps nothing.
 * Throws when the file is no SQLite database or can't be written.
 */
export function openDatabase(file: string): DatabaseSync {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true });
  }
  const database = new DatabaseSync(file);
  // A write survives a killed process; only a power cut could lose the last ones, which a simulator may.
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;');
  database.exec(SCHEMA);
  addMissingColumn(database);
  // A message that comes twice is kept once: it is looked for by its id.
  database.exec('create index if not exists messages_by_id on messages (channel, message_id)');
  return database;
}

/** A file of before mails had ids lacks their column. */
function addMissingColumn(database: DatabaseSync): void {
  const columns = database.prepare('select name from pragma_table_info(?)').all('messages');
  if (!columns.some(({ name }) => name === 'message_id')) {
    database.exec('alter table messages add column message_id text');
  }
}

/** Runs a step whole or not at all: what it throws undoes all it wrote, and is thrown on. Steps don't nest. */
export function inTransaction<T>(database: DatabaseSync, step: () => T): T {
  database.exec('begin immediate');
  try {
    const result = step();
    database.exec('commit');
    return result;
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

/** The next whole number of a counter, from 1 on and never twice. */
export function nextNumber(database: DatabaseSync, counter: string): number {
  const row = database
    .prepare(
      'insert into counters values (?, 1) on conflict (name) do update set value = value + 1 returning value',
    )
    .get(counter);
  return Number(row?.value);
}

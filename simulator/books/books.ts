import type { DatabaseSync } from 'node:sqlite';
import { nextNumber } from '../database.ts';
import type { Holder, Line } from './line.ts';

/** Name and ID number, as a person gave them at a counter. */
export interface Identity {
  readonly name: string;
  readonly idNumber: string;
}

/** A natural person in the books. */
export interface Customer extends Identity {
  readonly customerId: string;
}

/** What the provinces have on file: customers, lines and billing accounts, bills, bindings and payments. */
export interface Books {
  findLine(phone: string): Line | null;
  /** Writes a line, whatever was there. */
  writeLine(line: Line): void;
  customer(customerId: string): Customer | null;
  /** Opens a billing account for a person, who becomes a customer if they are none yet. */
  openAccount(identity: Identity): Holder;
  /** A line id that was never used. */
  newLineId(): string;
  writeBill(bill: { phone: string; month: string; amountFen: number }): void;
  /** The bindings that the province has confirmed. */
  bindings(phone: string): { bindingId: string; status: string }[];
  /** The bill payments that the province has booked. */
  payments(phone: string): { month: string; amountFen: number; billId: string }[];
}

/** The books in a database. Callers wrap what belongs together in a transaction. */
export function createBooks(database: DatabaseSync): Books {
  const lineByPhone = database.prepare('select document from lines where phone = ?');
  const putLine = database.prepare('insert or replace into lines values (?, ?)');
  const customerById = database.prepare('select id, name, id_number from customers where id = ?');
  // Both together: one ID number can be on file for two people.
  const customerByPerson = database.prepare('select id from customers where id_number = ? and name = ?');
  const addCustomer = database.prepare('insert into customers values (?, ?, ?)');
  const addAccount = database.prepare('insert into accounts values (?, ?)');
  const putBill = database.prepare('insert or replace into bills values (?, ?, ?)');
  const bindingsByPhone = database.prepare(
    'select binding_id, status from bindings where phone = ? order by rowid',
  );
  const paymentsByPhone = database.prepare(
    'select month, amount_fen, bill_id from payments where phone = ? order by rowid',
  );

  const newId = (letter: string): string =>
    `${letter}${String(nextNumber(database, letter)).padStart(8, '0')}`;

  function customerOf({ name, idNumber }: Identity): string {
    const known = customerByPerson.get(idNumber, name);
    if (known !== undefined) {
      return String(known.id);
    }
    const customerId = newId('C');
    addCustomer.run(customerId, name, idNumber);
    return customerId;
  }

  return {
    findLine(phone) {
      const row = lineByPhone.get(phone);
      return row === undefined ? null : (JSON.parse(String(row.document)) as Line);
    },
    writeLine(line) {
      putLine.run(line.phone, JSON.stringify(line));
    },
    customer(customerId) {
      const row = customerById.get(customerId);
      return row === undefined
        ? null
        : { customerId: String(row.id), name: String(row.name), idNumber: String(row.id_number) };
    },
    openAccount(identity) {
      const customerId = customerOf(identity);
      const accountId = newId('A');
      addAccount.run(accountId, customerId);
      return { customerId, accountId };
    },
    newLineId: () => newId('L'),
    writeBill({ phone, month, amountFen }) {
      putBill.run(phone, month, amountFen);
    },
    bindings: (phone) =>
      bindingsByPhone
        .all(phone)
        .map((row) => ({ bindingId: String(row.binding_id), status: String(row.status) })),
    payments: (phone) =>
      paymentsByPhone.all(phone).map((row) => ({
        month: String(row.month),
        amountFen: Number(row.amount_fen),
        billId: String(row.bill_id),
      })),
  };
}

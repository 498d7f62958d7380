import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/**
 * How much of something a fault hits: `true` all of it, a fraction below 1 that share of it by chance, a whole number
 * the next so many of it, `false` or 0 none.
 */
const extent = z.union([
  z.boolean(),
  z
    .number()
    .min(0)
    .refine((value) => value < 1 || Number.isInteger(value), 'must be a share below 1 or a whole number'),
]);

/** The body of `PUT /_sim/faults/{province}`: the faults from now on. */
export const faultsSchema = z.strictObject({
  /** The province answers 503 to everything, and none of its events leaves until this ends. */
  down: z.boolean().optional(),
  /** Milliseconds that each answer about lines is late. */
  latencyMs: z.int().min(0).max(600_000).optional(),
  /** The share of calls about lines that fail with 503 without being looked at. */
  errorRate: z.number().min(0).max(1).optional(),
  /** Calls about lines that are carried out and never answered: the connection breaks. */
  dropResponses: extent.optional(),
  /** Events that are sent twice at the same time. */
  duplicateEvents: extent.optional(),
  /** Events that are held back until the line's next one has been sent. */
  reorderEvents: extent.optional(),
  /** Events that are never sent, though they have a sequence number. */
  loseEvents: extent.optional(),
});

/** The faults of one province. */
type Faults = z.output<typeof faultsSchema>;

/** The faults that hit single calls or events. */
type CountableFault = 'dropResponses' | 'duplicateEvents' | 'reorderEvents' | 'loseEvents';

/** The faults of all provinces; they last over a restart. */
export interface FaultBoard {
  of(province: string): Faults;
  set(province: string, faults: Faults): void;
  /** Whether the fault hits this time; a fault for the next so many is used up by it. */
  hits(province: string, fault: CountableFault): boolean;
  /** Whether the province fails a call this time. */
  fails(province: string): boolean;
  /** Settles when the province's faults are set the next time. */
  changed(province: string): Promise<void>;
}

/** Keeps the faults in a database. `random` gives numbers from 0 to below 1. */
export function createFaultBoard(database: DatabaseSync, random: () => number = Math.random): FaultBoard {
  const put = database.prepare('insert or replace into faults values (?, ?)');
  const board = new Map<string, Faults>(
    database
      .prepare('select province, document from faults')
      .all()
      .map((row) => [String(row.province), faultsSchema.parse(JSON.parse(String(row.document)))]),
  );
  const waiting = new Map<string, (() => void)[]>();

  const of = (province: string): Faults => board.get(province) ?? {};
  const write = (province: string, faults: Faults): void => {
    board.set(province, faults);
    put.run(province, JSON.stringify(faults));
  };

  return {
    of,
    set(province, faults) {
      write(province, faults);
      const listeners = waiting.get(province) ?? [];
      waiting.delete(province);
      for (const listener of listeners) {
        listener();
      }
    },
    hits(province, fault) {
      const extent = of(province)[fault] ?? false;
      if (typeof extent === 'boolean') {
        return extent;
      }
      if (extent < 1) {
        return random() < extent;
      }
      write(province, { ...of(province), [fault]: extent - 1 });
      return true;
    },
    fails: (province) => random() < (of(province).errorRate ?? 0),
    changed: (province) =>
      new Promise((resolve) => {
        waiting.set(province, [...(waiting.get(province) ?? []), resolve]);
      }),
  };
}

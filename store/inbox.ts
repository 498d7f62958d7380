import type { Connection } from 'mongoose';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** An event as it came in, for support: which province said what and when. The facts for rules are in the histories. */
export interface InboxEntry {
  /** `source:id`. */
  eventKey: string;
  province: string;
  system: string;
  type: string;
  numberKey: NumberKey;
  at: Instant;
  receivedAt: Instant;
  sequence: number | null;
  /** Keyed hash of the call's `webhook-id`. */
  webhookRef: string;
  correlator: string;
}

interface InboxDoc extends Omit<InboxEntry, 'eventKey'> {
  _id: string;
}

/** The event inbox: each event once, as it came first. */
export function createInbox({ connection }: { connection: Connection }) {
  const model = modelOf<InboxDoc>(connection, {
    name: 'inbox',
    fields: {
      province: { type: String, required: true },
      system: { type: String, required: true },
      type: { type: String, required: true },
      numberKey: { type: String, required: true },
      at: { type: Number, required: true },
      receivedAt: { type: Number, required: true },
      sequence: { type: Number, default: null },
      webhookRef: { type: String, required: true },
      correlator: { type: String, required: true },
    },
  });

  return {
    model,

    /** Writes entries that aren't there yet; a doubled event keeps its first. */
    async add(entries: readonly InboxEntry[]): Promise<void> {
      if (entries.length === 0) return;
      try {
        await model.insertMany(
          entries.map(({ eventKey, ...rest }) => ({ _id: eventKey, ...rest })),
          { ordered: false },
        );
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },
  };
}

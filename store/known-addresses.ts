import type { Connection } from 'mongoose';
import type { UserId } from '../domain/ids.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import { modelOf } from './schema.ts';

/** Addresses change hands: one that a user hasn't logged in from for so long is strange again. */
const knownFor: DurationMs = 90 * 86_400_000;

interface KnownAddressDoc {
  /** Keyed hash of user and address. */
  _id: string;
  expiresAt: Instant;
}

/** The addresses from which users have logged in, or reset their passwords: what strangers try elsewhere doesn't lock them out there. */
export function createKnownAddresses({
  connection,
  blindIndex,
}: {
  connection: Connection;
  blindIndex: NumberHasher['blindIndex'];
}) {
  const model = modelOf<KnownAddressDoc>(connection, {
    name: 'knownAddresses',
    fields: { expiresAt: { type: Number, required: true } },
    indexes: [{ serves: 'sweep_addresses_long_unused', keys: { expiresAt: 1 } }],
  });

  const idOf = ({ userId, address }: { userId: UserId; address: string }): string =>
    blindIndex('known-address', `${userId}\0${address}`);

  return {
    model,

    /** Notes that a user proved itself at an address: it is known for 90 days from now. */
    async note({ now, ...place }: { userId: UserId; address: string; now: Instant }): Promise<void> {
      await model.updateOne({ _id: idOf(place) }, { $set: { expiresAt: now + knownFor } }, { upsert: true });
    },

    /** Whether a user has proved itself at an address in the last 90 days. */
    async has({ now, ...place }: { userId: UserId; address: string; now: Instant }): Promise<boolean> {
      const doc = await model.findById(idOf(place)).lean<KnownAddressDoc>();
      return doc !== null && doc.expiresAt > now;
    },

    /** Forgets the addresses that were known until before an instant. Tells how many. */
    async deleteExpired(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: { $lt: before } });
      return deletedCount;
    },
  };
}

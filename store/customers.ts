import type { Connection } from 'mongoose';
import type { CustomerId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { insertNew, modelOf } from './schema.ts';

interface CustomerDoc {
  _id: string;
  /** Sealed, as the person wrote it. */
  name: string;
  /** Sealed, normalised. ID numbers do occur twice in the real world, so this is no key. */
  idNumber: string;
  /** When a carrier confirmed the identity, or the import vouched for it; null while it is only declared. */
  verifiedAt: Instant | null;
  createdAt: Instant;
}

/** A natural person, opened. */
export interface Customer extends Omit<CustomerDoc, '_id'> {
  customerId: CustomerId;
}

/** Customers, by their id. */
export function createCustomers({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<CustomerDoc>(connection, {
    name: 'customers',
    fields: {
      name: { type: String, required: true },
      idNumber: { type: String, required: true },
      verifiedAt: { type: Number, default: null },
      createdAt: { type: Number, required: true },
    },
  });

  return {
    model,

    async find(customerId: CustomerId): Promise<Customer | null> {
      const doc = await model.findById(customerId).lean<CustomerDoc>();
      if (!doc) return null;
      const { _id, name, idNumber, ...rest } = doc;
      return {
        ...rest,
        customerId: _id as CustomerId,
        name: cipher.decrypt(name, 'customer.name'),
        idNumber: cipher.decrypt(idNumber, 'customer.id-number'),
      };
    },

    /** Writes new customers; one that is there already stays as it is. */
    async create(...customers: Customer[]): Promise<void> {
      await insertNew(
        model,
        customers.map(({ customerId, name, idNumber, ...rest }) => ({
          ...rest,
          _id: customerId as string,
          name: cipher.encrypt(name, 'customer.name'),
          idNumber: cipher.encrypt(idNumber, 'customer.id-number'),
        })),
      );
    },

    /** Notes that a carrier confirmed an identity; one that was verified before stays as it was. */
    async verify(customerId: CustomerId, at: Instant): Promise<void> {
      await model.updateOne({ _id: customerId as string, verifiedAt: null }, { $set: { verifiedAt: at } });
    },

    /** Removes a declared identity that its user replaced. False where it was verified meanwhile, and stays. */
    async forget(customerId: CustomerId): Promise<boolean> {
      await model.deleteOne({ _id: customerId as string, verifiedAt: null });
      return (await model.countDocuments({ _id: customerId as string })) === 0;
    },

    /** Removes the customer of a user that never was committed, or that a stranger named. */
    async remove(customerId: CustomerId): Promise<void> {
      await model.deleteOne({ _id: customerId as string });
    },
  };
}

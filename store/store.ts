import type { Connection } from 'mongoose';
import type { FieldCipher } from '../platform/field-cipher.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import { createAccounts } from './accounts.ts';
import { createAudit } from './audit.ts';
import { createCases } from './cases.ts';
import { createClaims } from './claims.ts';
import { createClosings } from './closings.ts';
import { createCustomers } from './customers.ts';
import { createEmailTokens } from './email-tokens.ts';
import { createEvidence } from './evidence.ts';
import { createFeeds } from './feeds.ts';
import { createHandles } from './handles.ts';
import { createIdempotency } from './idempotency.ts';
import { createImports } from './imports.ts';
import { createInbox } from './inbox.ts';
import { createKnownAddresses } from './known-addresses.ts';
import { createLimits } from './limits.ts';
import { createNotices } from './notices.ts';
import { createNumbers } from './numbers.ts';
import { createPhoneRequests } from './phone-requests.ts';
import { createSessions } from './sessions.ts';
import { createUsers } from './users.ts';
import { createVerifications } from './verifications.ts';

/** What the store stands on: a connection, the cipher of personal fields and the hasher of what they are looked up by. */
export interface StoreOptions {
  readonly connection: Connection;
  readonly cipher: FieldCipher;
  readonly hasher: NumberHasher;
}

/** Everything that is kept, and the only queries to it. */
export function createStore({ connection, cipher, hasher }: StoreOptions) {
  const sealed = { connection, cipher };
  return {
    accounts: createAccounts({ connection }),
    audit: createAudit(sealed),
    cases: createCases({ connection }),
    claims: createClaims({ connection }),
    closings: createClosings({ connection }),
    customers: createCustomers(sealed),
    emailTokens: createEmailTokens(sealed),
    evidence: createEvidence({ connection }),
    feeds: createFeeds({ connection }),
    handles: createHandles({ connection, blindIndex: hasher.blindIndex }),
    idempotency: createIdempotency(sealed),
    imports: createImports(sealed),
    inbox: createInbox({ connection }),
    knownAddresses: createKnownAddresses({ connection, blindIndex: hasher.blindIndex }),
    limits: createLimits({ connection, blindIndex: hasher.blindIndex }),
    notices: createNotices({ connection }),
    numbers: createNumbers(sealed),
    phoneRequests: createPhoneRequests({ connection }),
    sessions: createSessions({ connection }),
    users: createUsers(sealed),
    verifications: createVerifications({ connection }),

    /** Makes the collections' indexes where they are missing. Can be run at every start, by several at once. */
    async setUp(): Promise<void> {
      for (const model of Object.values(connection.models)) await model.createIndexes();
    },

    /** Asks the store for a sign of life. Rejects when it is away. */
    async ping(): Promise<void> {
      await connection.db?.admin().ping();
    },

    /** Closes the connection after what is under way. */
    async close(): Promise<void> {
      await connection.close();
    },
  };
}

/** The store. */
export type Store = ReturnType<typeof createStore>;

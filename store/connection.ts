import mongoose, { type Connection } from 'mongoose';

/**
 * How long a call waits for a store that is away. Short enough that an HTTP caller gets its 503 in time; workflows try
 * again on their own.
 */
const serverSelectionTimeoutMS = 5_000;

/**
 * How long a call waits for an answer on a connection that stands: a server that hangs, or a network that swallows, must
 * not hold a caller for ever. Ten times what the slowest page of a list takes.
 */
const socketTimeoutMS = 20_000;

/** The embedded store answers one command per connection at a time; a worker with many activities needs several. */
const maxPoolSize = 50;

/**
 * Opens the connection to the store. It returns once a server answered, and reconnects by itself from then on.
 * No transactions, sessions or change streams are used anywhere, so a single server or a sharded cluster do alike.
 */
export async function connectStore({ url }: { url: string }): Promise<Connection> {
  return mongoose
    .createConnection(url, {
      serverSelectionTimeoutMS,
      socketTimeoutMS,
      maxPoolSize,
      autoIndex: false,
      autoCreate: false,
      // A write is acknowledged when it is in the journal of a majority: what we acknowledge survives a fail-over.
      writeConcern: { w: 'majority', journal: true },
      retryWrites: false,
    })
    .asPromise();
}

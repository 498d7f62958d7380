import { Client, Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import type { Endpoints } from '../../dev/stack/endpoints.ts';
import type { Caller } from './caller.ts';
import type { Resident } from './town.ts';
import { until } from './until.ts';

interface StoredUser {
  _id: string;
  epoch: number;
  phone: { numberKey: string; claimId: string } | null;
}

interface StoredClaims {
  _id: string;
  claim: { claimId: string; userId: string; state: string } | null;
}

/** Looks where users can't: into the store and the workflow server. It only reads, but for {@link terminate}. */
export async function lookInside({ store, temporal }: Pick<Endpoints, 'store' | 'temporal'>) {
  const [mongo, connection] = await Promise.all([
    mongoose.mongo.MongoClient.connect(store),
    Connection.connect({ address: temporal }),
  ]);
  const db = mongo.db();
  const client = new Client({ connection });
  const users = db.collection<StoredUser>('users');
  const claims = db.collection<StoredClaims>('claims');

  const workflowsThatAre = async (status: 'Running' | 'Failed'): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId, type } of client.workflow.list({
      query: `ExecutionStatus = "${status}"`,
    })) {
      // A sweep that finds the store away fails, and the next one looks for the same.
      if (type !== 'sweep') ids.push(workflowId);
    }
    return ids;
  };

  return {
    db,
    client,

    /** How many of these claims are in a state; `ended` when nobody holds the number any more. */
    async countClaims(residents: readonly Resident[], state: 'suspended' | 'ended'): Promise<number> {
      const keys = { _id: { $in: residents.map(({ numberKey }) => numberKey) } };
      const docs = await claims.find(keys).toArray();
      return docs.filter(({ claim }) => (claim?.state ?? 'ended') === state).length;
    },

    /** Whether an event stands in the history of a number, where decisions see it. */
    async isKnown({ numberKey, eventId }: { numberKey: string; eventId: string }): Promise<boolean> {
      const number = await db.collection<{ _id: string; events: { id: string }[] }>('numbers').findOne({
        _id: numberKey,
      });
      return number?.events.some(({ id }) => id === eventId) ?? false;
    },

    /** The epoch of each of these users. */
    async epochs(userIds: readonly string[]): Promise<Map<string, number>> {
      const docs = await users.find({ _id: { $in: [...userIds] } }).toArray();
      return new Map(docs.map(({ _id, epoch }) => [_id, epoch]));
    },

    /** Where the two sides of I1 don't agree, or a user has two numbers. */
    async disagreements(): Promise<string[]> {
      const held = (await claims.find().toArray()).flatMap(({ _id, claim }) =>
        claim === null ? [] : [`${claim.userId} holds ${_id} by ${claim.claimId}`],
      );
      const shown = (await users.find().toArray()).flatMap(({ _id, phone }) =>
        phone === null ? [] : [`${_id} holds ${phone.numberKey} by ${phone.claimId}`],
      );
      const holders = held.map((line) => line.split(' ')[0]);
      return [
        ...held.filter((line) => !shown.includes(line)).map((line) => `only by its claim: ${line}`),
        ...shown.filter((line) => !held.includes(line)).map((line) => `only by its user: ${line}`),
        ...held
          .filter((_, index) => holders.indexOf(holders[index]) < index)
          .map((line) => `second: ${line}`),
      ];
    },

    /** Ends a workflow as somebody might who takes it for stuck. */
    terminate: (workflowId: string) => client.workflow.getHandle(workflowId).terminate(),

    failedWorkflows: () => workflowsThatAre('Failed'),

    /** Waits until everything that these carriers reported was taken, and nothing is under way or waits for anything. */
    async everythingDone({
      caller,
      residents,
      withinMs,
    }: {
      caller: Caller;
      residents: readonly Pick<Resident, 'phone'>[];
      withinMs: number;
    }): Promise<void> {
      const phones = residents.map(({ phone }) => phone);
      const leftovers = async (): Promise<string[]> => [
        ...((await caller.allTaken(phones)) ? [] : ['events']),
        ...(await workflowsThatAre('Running')),
        ...(
          await db
            .collection('numbers')
            .find({ attendBy: { $ne: null } })
            .toArray()
        ).map(({ _id }) => `${_id}`),
        ...(await db.collection('notices').find({ status: 'owed' }).toArray()).map(({ _id }) => `${_id}`),
        ...(await db.collection('phoneRequests').find({ status: 'pending' }).toArray()).map(
          ({ _id }) => `${_id}`,
        ),
      ];
      let quietLooks = 0;
      await until({
        what: 'everything is done',
        withinMs,
        look: async () => {
          const left = await leftovers();
          quietLooks = left.length === 0 ? quietLooks + 1 : 0;
          // The list of workflows lags a little, so one quiet look may have missed something.
          if (quietLooks > 2) return true;
          throw new Error(`${left.length} left, such as ${left.slice(0, 3).join(', ')}`);
        },
      });
    },

    async close(): Promise<void> {
      await Promise.all([mongo.close(), connection.close()]);
    },
  };
}

/** A look into one stack. */
export type Inside = Awaited<ReturnType<typeof lookInside>>;

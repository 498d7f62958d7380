import { Client, Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import { isAlive } from '../../dev/file-lock.mjs';

/** Whether the process runs (one that ended and wasn't taken note of doesn't). */
export function isRunning(pid: number): boolean {
  return isAlive({ pid, started: '' });
}

/** Waits for something that real processes bring about; the test's own time-out is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function withCollection<T>(
  url: string,
  use: (collection: mongoose.mongo.Collection<{ _id: string }>) => Promise<T>,
): Promise<T> {
  const client = await mongoose.mongo.MongoClient.connect(url);
  try {
    return await use(client.db().collection<{ _id: string }>('kept'));
  } finally {
    await client.close();
  }
}

/** Writes something into the database of that address. */
export function insert(url: string, name: string): Promise<unknown> {
  return withCollection(url, (collection) => collection.insertOne({ _id: name }));
}

/** What was written there, by `insert`. */
export function names(url: string): Promise<string[]> {
  return withCollection(url, async (collection) => {
    const documents = await collection.find().toArray();
    return documents.map((document) => document._id);
  });
}

async function withTemporal<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Starts a workflow that nobody runs, so that it waits. */
export function waitingWorkflow(address: string, workflowId: string): Promise<unknown> {
  return withTemporal(address, (client) =>
    client.workflow.start('nobodyRunsIt', { workflowId, taskQueue: 'none' }),
  );
}

/** A workflow's status by name, such as RUNNING. */
export function statusOf(address: string, workflowId: string): Promise<string> {
  return withTemporal(address, async (client) => {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name;
  });
}

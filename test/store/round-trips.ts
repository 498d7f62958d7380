import mongoose from 'mongoose';

/** Runs a piece of work and tells its calls to the store, each as `collection.method`, in order. One at a time. */
export async function tripsOf<T>(work: () => Promise<T>): Promise<{ result: T; calls: string[] }> {
  const calls: string[] = [];
  mongoose.set('debug', (collection: string, method: string) => {
    calls.push(`${collection}.${method}`);
  });
  try {
    return { result: await work(), calls };
  } finally {
    mongoose.set('debug', false);
  }
}

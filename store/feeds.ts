import type { Connection } from 'mongoose';
import { advanceFeed, emptyFeed, type FeedProgress } from '../domain/feed.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

interface FeedDoc extends FeedProgress {
  /** `province/system`. */
  _id: string;
  version: number;
}

/** How far each province system's feed has come. */
export function createFeeds({ connection }: { connection: Connection }) {
  const model = modelOf<FeedDoc>(connection, {
    name: 'feeds',
    fields: {
      through: { type: Number, default: null },
      ahead: { type: [Number], required: true },
      lastHeartbeatAt: { type: Number, default: null },
      version: { type: Number, required: true },
    },
  });
  const find = async (feedId: string): Promise<FeedDoc | null> => model.findById(feedId).lean<FeedDoc>();

  return {
    model,

    async find(feedId: string): Promise<FeedProgress> {
      return (await find(feedId)) ?? emptyFeed;
    },

    /** Several feeds at once. Gives one for each id: an empty one where nothing arrived. */
    async findMany(feedIds: readonly string[]): Promise<FeedProgress[]> {
      const docs = await model.find({ _id: { $in: [...feedIds] } }).lean<FeedDoc[]>();
      return feedIds.map((feedId) => docs.find(({ _id }) => _id === feedId) ?? emptyFeed);
    },

    /** Takes in positions and heartbeats of one call, whatever other calls do at the same time. */
    async advance(
      feedId: string,
      arrived: { sequences: readonly number[]; heartbeatAt: Instant | null },
    ): Promise<void> {
      for (;;) {
        const doc = await find(feedId);
        const { through, ahead, lastHeartbeatAt } = advanceFeed(doc ?? emptyFeed, arrived);
        const change = { through, ahead: [...ahead], lastHeartbeatAt };
        try {
          if (!doc) {
            await model.create({ _id: feedId, ...change, version: 1 });
            return;
          }
          const written = await model.findOneAndUpdate(
            { _id: feedId, version: doc.version },
            { $set: { ...change, version: doc.version + 1 } },
          );
          if (written) return;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }
    },
  };
}

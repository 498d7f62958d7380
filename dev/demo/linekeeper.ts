import { z } from 'zod';
import { acceptedImportSchema, importSchema } from '../../api/schemas/import.ts';
import { numberSchema, timelineSchema } from '../../api/schemas/number.ts';
import { userSchema } from '../../api/schemas/user.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { authorizationOf } from './authorization.ts';
import { jsonOf, textOf } from './call.ts';
import { StoryBroken } from './witness.ts';

/** A number, its timeline and a user as the API shows them. */
export type NumberAnswer = z.output<typeof numberSchema>;
export type TimelineAnswer = z.output<typeof timelineSchema>;
export type UserAnswer = z.output<typeof userSchema>;

/** A user to be imported, as one line of NDJSON. */
export type ImportedUser = {
  phone: string;
  phoneClaimedAt: string;
  nickname: string;
  email: string;
  emailVerified: boolean;
  identity: { name: string; idNumber: string; verified: boolean };
  registeredAt: string;
  accounts: { kind: 'balance' | 'redPackets' | 'points'; amount: number }[];
};

/** Linekeeper's API, asked as the payment site and the support desk would. */
export type Linekeeper = {
  lookUp: (phone: string) => Promise<NumberAnswer>;
  timeline: (numberKey: string) => Promise<TimelineAnswer>;
  user: (userId: string) => Promise<UserAnswer>;
  /** Imports users and waits until they are there; gives their ids, in the order of the lines. */
  importUsers: (users: readonly ImportedUser[]) => Promise<string[]>;
};

const lineResult = z.union([
  z.object({ line: z.int(), userId: z.string() }),
  z.object({ line: z.int(), code: z.string(), detail: z.string() }),
]);

/** Gets tokens from the stack's issuer and gives the API with them. */
export async function openLinekeeper(endpoints: Endpoints): Promise<Linekeeper> {
  const { api } = endpoints;
  const [site, desk] = await Promise.all([
    authorizationOf(endpoints, 'paymentApp'),
    authorizationOf(endpoints, 'supportDesk'),
  ]);
  const json = { 'content-type': 'application/json' };
  return {
    lookUp: (phone) =>
      jsonOf(
        {
          method: 'POST',
          url: `${api}/v1/number-lookups`,
          headers: { ...desk, ...json },
          body: JSON.stringify({ phone }),
        },
        numberSchema,
      ),
    timeline: (numberKey) =>
      jsonOf(
        { method: 'GET', url: `${api}/v1/numbers/${numberKey}/timeline`, headers: desk },
        timelineSchema,
      ),
    user: (userId) => jsonOf({ method: 'GET', url: `${api}/v1/users/${userId}`, headers: desk }, userSchema),
    importUsers: async (users) => {
      const { importId } = await jsonOf(
        {
          method: 'POST',
          url: `${api}/v1/imports/users`,
          headers: { ...site, 'content-type': 'application/x-ndjson' },
          body: users.map((user) => `${JSON.stringify(user)}\n`).join(''),
        },
        acceptedImportSchema,
      );
      const url = `${api}/v1/imports/${importId}`;
      await jsonOf({ method: 'GET', url: `${url}?wait=20`, headers: site }, importSchema);
      const results = await textOf({ method: 'GET', url: `${url}/results`, headers: site });
      const lines = results.split('\n').filter((line) => line !== '');
      const userIds = lines.map((line) => {
        const result = lineResult.parse(JSON.parse(line));
        if ('userId' in result) return result.userId;
        throw new StoryBroken(`The import should take every line, and rejected one: ${line}`);
      });
      if (userIds.length === users.length) return userIds;
      throw new StoryBroken(
        `The import should be done, and has ${userIds.length} of ${users.length} results`,
      );
    },
  };
}

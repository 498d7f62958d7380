import pLimit from 'p-limit';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { startBareGate, startBareStore } from './bare-store.ts';
import { type Bed, openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { callFigures, makeCalls } from './called-server.ts';
import { home } from './carrier-calls.ts';
import { holdProvenNumbers } from './held-numbers.ts';
import { describeScenes, rowsOfScenes, sizesOf } from './scenes.ts';
import { seededBy } from './seeded.ts';
import { openSimulatedLines } from './simulated-lines.ts';
import { jsonCall, openSite } from './site.ts';
import { table } from './table.ts';

const scenes = [
  { callers: 1, calls: 100 },
  { callers: 20, calls: 300 },
];
/** More than log in at once, so that no two calls are of one user at the same time. */
const users = 100;
const writesAtOnce = 20;
/** Before any claim of a bench was made: each is current. */
const joinedAt = Date.parse('2020-03-01T00:00:00Z');

/** A login by code where what the carrier said is known: what it and its gate cost beyond one look-up by `_id`. */
export const gateBench: Bench = {
  name: 'gate',
  title: 'The gate on a known tenancy',
  async run({ seed, quick, say }) {
    const rounds = quick ? 3 : 7;
    const sizes = sizesOf(scenes, quick);
    const bed = await openBed(say);
    try {
      // No workflow is in it.
      await bed.stack.kill('worker');
      const [bare, alone] = await Promise.all([startBareStore(bed), startBareGate(bed)]);
      const phones = seededBy(seed).phones(users);
      await holdKnown(bed, phones);
      const site = await openSite(bed);
      const lines = openSimulatedLines(bed);
      const { api } = bed.stack.endpoints;
      const someOf = (calls: number) =>
        Array.from({ length: calls }, (_, at) => at % users).flatMap((at) => phones[at] ?? []);
      const ids = (calls: number) =>
        someOf(calls).map((phone) => jsonCall({ id: bed.hasher.numberKeyOf(phone) }));
      const { perSecond, median, p99, processor } = callFigures;
      const figures = [perSecond, median, p99, processor];
      const rows = await rowsOfScenes({
        scenes: sizes,
        rounds,
        due: 201,
        figures,
        sides: [
          async ({ calls, open }) => {
            const server = { url: `${api}/v1/sessions`, metricsUrl: `${api}/metrics` };
            return makeCalls(server, await site.logins(someOf(calls)), open);
          },
          ({ calls, open }) => makeCalls({ ...alone, url: `${alone.url}/gates` }, ids(calls), open),
          ({ calls, open }) => makeCalls({ ...bare, url: `${bare.url}/gates` }, ids(calls), open),
        ],
        pairs: [
          [0, 2],
          [1, 2],
        ],
        say,
      });
      const asked = Object.values(await lines.asked()).reduce((sum, count) => sum + count, 0);
      await Promise.all([bare.stop(), alone.stop()]);
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up: ${describeScenes(sizes)}. ${users} users, whose carrier answered before; the carrier was asked ${asked} times. No worker runs.`,
          'The login is `POST /v1/sessions` with a code: the token, the code, the gate, and the session. The gate alone is the same `passByCode` behind a bare handler: claim, number, feeds and user are read, the verdict and its decision written down. The bare handler is Express, `JSON.parse` and one look-up by `_id`.',
          '',
          table(['', 'login by code', 'gate alone', 'bare handler', 'login : bare', 'gate : bare'], rows),
        ].join('\n'),
        broken: asked === 0 ? [] : [`the carrier was asked ${asked} times about known tenancies`],
      };
    } finally {
      await bed.close();
    }
  },
};

/** Gives each number to a user of its own, with an answer of its carrier just now by which the claim is current. */
async function holdKnown(bed: Bed, phones: readonly PhoneNumber[]): Promise<void> {
  const held = await holdProvenNumbers(bed, phones);
  await pLimit(writesAtOnce).map(held, ({ numberKey, claimId, claimedAt }) =>
    bed.store.claims.keepAnswers({
      numberKey,
      claimId,
      anchoredAt: claimedAt,
      answers: {
        line: {
          source: `${home.province}/${home.system}`,
          at: Date.now(),
          reply: {
            kind: 'answer',
            value: { status: 'in-use', portedIn: false, joined: { precision: 'second', at: joinedAt } },
          },
        },
        recycledSince: [],
        match: null,
      },
    }),
  );
}

import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import type { PreparedCall } from './callers.ts';
import { shown } from './figures.ts';
import { holdProvenNumbers, untilSuspended } from './held-numbers.ts';
import { seededBy } from './seeded.ts';
import { openSimulatedLines, type SimulatedLines } from './simulated-lines.ts';
import { openSite } from './site.ts';
import { table } from './table.ts';

/** Of a thousand registrations: what their numbers are, since when their lines are in use, and what is answered. */
const mix = [
  { of: 'free numbers', share: 900, isHeld: false, joinedAt: '2025-03-01T00:00:00Z', due: 201 },
  { of: 'recycled numbers', share: 60, isHeld: true, joinedAt: '2025-03-01T00:00:00Z', due: 201 },
  { of: "present holders' numbers", share: 30, isHeld: true, joinedAt: '2020-03-01T00:00:00Z', due: 409 },
  { of: 'frozen numbers', share: 10, isHeld: true, joinedAt: '2020-03-01T00:00:00Z', due: 409 },
] as const;
const whole = 1_000;
const callsAtOnce = 5;
/** Longer than any registration takes while the carrier answers. */
const answerWithinMs = 30_000;
const pauseMs = 1_000;

/** How often carriers are asked for a thousand registrations. */
export const lookupsBench: Bench = {
  name: 'lookups',
  title: "Carriers' look-ups per 1,000 registrations",
  async run({ seed, quick, say }) {
    const registrations = quick ? whole / 10 : whole;
    const bed = await openBed(say);
    try {
      const { stack, store } = bed;
      const seeded = seededBy(seed);
      const site = await openSite(bed);
      const lines = openSimulatedLines(bed);
      const url = `${stack.endpoints.api}/v1/registrations`;
      const rows: string[][] = [];
      let total = 0;
      for (const { of, share, isHeld, joinedAt, due } of mix) {
        const phones = seeded.phones((share * registrations) / whole);
        await lines.join(phones, joinedAt);
        const held = isHeld ? await holdProvenNumbers(bed, phones) : [];
        if (of === 'frozen numbers') {
          for (const phone of phones) await lines.cancel(phone);
          await untilSuspended(
            store,
            held.map(({ numberKey }) => numberKey),
          );
        }
        const before = await untilQuiet(lines);
        const late = await registerAll(url, await site.registrations(phones), due);
        const after = await untilQuiet(lines);
        const asked = Object.entries(after).map(
          ([kind, count]) => [kind, count - (before[kind] ?? 0)] as const,
        );
        const sum = asked.reduce((all, [, count]) => all + count, 0);
        total += sum;
        const kinds = asked.flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []));
        rows.push([of, shown(phones.length), shown(sum), kinds.join(', ') || 'none', String(late)]);
        say(`${phones.length} ${of}: ${sum} look-ups`);
      }
      rows.push(['all', shown(registrations), shown(total), '', '']);
      return {
        text: [
          `${shown(registrations)} registrations in all, ${callsAtOnce} at once, counted where the simulated province is asked; tokens aside. \`query\` is the line's record. Answered later: 202 first, because the verdict took more than two seconds.`,
          '',
          table(['', 'registrations', 'look-ups', 'kinds', 'answered later'], rows),
          '',
          `That is ${shown((total * whole) / registrations)} for 1,000 registrations. A free number is registered without waiting for its carrier: its one look-up, beside the answer, is for the tenancy that the claim remembers.`,
        ].join('\n'),
        broken: [],
      };
    } finally {
      await bed.close();
    }
  },
};

/** Makes all calls; gives how many were answered later. Throws at another answer than is due. */
async function registerAll(url: string, calls: readonly PreparedCall[], due: number): Promise<number> {
  let late = 0;
  await pLimit(callsAtOnce).map(calls, async ({ headers, body }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    await response.body?.cancel();
    if (response.status === 202) late += 1;
    else if (response.status !== due) throw new Error(`A registration was answered with ${response.status}`);
  });
  return late;
}

/** What was asked so far, once nothing more is asked: some of it goes on beside the answers. */
async function untilQuiet(lines: SimulatedLines): Promise<Readonly<Record<string, number>>> {
  for (let last = ''; ; ) {
    const asked = await lines.asked();
    const now = JSON.stringify(asked);
    if (now === last) return asked;
    last = now;
    await pause(pauseMs);
  }
}

import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { jsonOf } from './call.ts';
import { StoryBroken } from './witness.ts';

/** Name and ID number, as on a card. */
export type Identity = { name: string; idNumber: string };

/** What a province can be made to do with a line. */
export type LineChange = 'cancel' | 'reclaim' | 'reissue';

/** The provinces and the mail box of the simulator. */
export type Provinces = {
  /** A number of Sichuan that is in no books yet. */
  freshNumber: () => Promise<string>;
  /** Writes a line into the books of Sichuan; nobody is told. */
  writeLine: (line: { phone: string; joinedAt: string; identity: Identity }) => Promise<void>;
  /** Changes a line; the province reports it. Gives the report once Linekeeper acknowledged it. */
  change: (
    phone: string,
    kind: LineChange,
    facts?: { at?: string; identity?: Identity },
  ) => Promise<ReportedEvent>;
  /** Sends the line's last report again, so many times, and gives it. */
  replay: (phone: string, count: number) => Promise<ReportedEvent>;
  /** The subjects of the mails that an address got, oldest first. */
  mailTo: (address: string) => Promise<string[]>;
};

/** A report as the province sent it. */
export type ReportedEvent = z.output<typeof reported>;

const reported = z.object({ id: z.string(), type: z.string(), time: z.string() });
const changed = z.object({
  event: reported.nullable(),
  delivered: z.object({ status: z.int() }).nullable(),
});
const mails = z.object({ items: z.array(z.object({ subject: z.string().nullable(), text: z.string() })) });

const ACCEPTED = 202;

/** The controls of a stack's simulator. */
export function openProvinces(simulator: string): Provinces {
  const lineUrl = (phone: string) => `${simulator}/_sim/lines/${encodeURIComponent(phone)}`;
  const isWritten = async (phone: string) =>
    (await fetch(lineUrl(phone), { signal: AbortSignal.timeout(5_000) })).ok;

  const acknowledged = ({ event, delivered }: z.output<typeof changed>, what: string): ReportedEvent => {
    if (event !== null && delivered?.status === ACCEPTED) return event;
    const answer = delivered === null ? 'no answer' : `the answer ${delivered.status}`;
    throw new StoryBroken(
      `${what}: Linekeeper should acknowledge it with ${ACCEPTED}, and there was ${answer}`,
    );
  };

  return {
    freshNumber: async () => {
      for (;;) {
        // Sichuan's +86138; the numbers that begin with zeros after it are the simulator's magic ones.
        const phone = `+86138${randomInt(10_000_000, 100_000_000)}`;
        if (!(await isWritten(phone))) return phone;
      }
    },
    writeLine: async ({ phone, ...line }) => {
      const record = { province: 'sichuan', system: 'mobile-5g', status: 'in-use', ...line };
      await jsonOf({ method: 'PUT', url: lineUrl(phone), body: JSON.stringify(record) }, changed);
    },
    change: async (phone, kind, facts = {}) => {
      const url = `${lineUrl(phone)}/${kind}`;
      return acknowledged(await jsonOf({ method: 'POST', url, body: JSON.stringify(facts) }, changed), kind);
    },
    replay: async (phone, count) => {
      const url = `${lineUrl(phone)}/replay`;
      return acknowledged(
        await jsonOf({ method: 'POST', url, body: JSON.stringify({ count }) }, changed),
        'replay',
      );
    },
    mailTo: async (address) => {
      const url = `${simulator}/_sim/mail?to=${encodeURIComponent(address)}`;
      const { items } = await jsonOf({ method: 'GET', url }, mails);
      return items.map(({ subject, text }) => subject ?? text);
    },
  };
}

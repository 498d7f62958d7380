import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { jsonOf, textOf } from './call.ts';
import { StoryBroken } from './witness.ts';

/** Name and ID number, as on a card. */
export type Identity = { name: string; idNumber: string };

/** What a province can be made to do with a line. */
export type LineChange = 'cancel' | 'reclaim' | 'reissue' | 'port';

/** The provinces and the mail box of the simulator. */
export type Provinces = {
  /** A number that is in no books yet: of Sichuan, or of the province and system that such a beginning belongs to. */
  freshNumber: (beginning?: string) => Promise<string>;
  /** Writes a line into a province's books, Sichuan's if none is named; nobody is told. */
  writeLine: (line: {
    phone: string;
    joinedAt: string;
    identity: Identity;
    province?: string;
    portedIn?: boolean;
  }) => Promise<void>;
  /** Changes a line; the province reports it. Gives the report once Linekeeper acknowledged it. */
  change: (
    phone: string,
    kind: LineChange,
    facts?: { at?: string; identity?: Identity },
  ) => Promise<ReportedEvent>;
  /** Changes a line, and tells nobody. */
  changeSilently: (phone: string, kind: LineChange, facts?: { identity?: Identity }) => Promise<void>;
  /** Puts a province out of service, or back into it. */
  outOfService: (province: string, down: boolean) => Promise<void>;
  /** The texts that a number got by SMS, oldest first. */
  smsTo: (phone: string) => Promise<string[]>;
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
const texts = z.object({ items: z.array(z.object({ text: z.string() })) });
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
    freshNumber: async (beginning = '+86138') => {
      for (;;) {
        // The numbers that begin with zeros after that are the simulator's magic ones.
        const phone = `${beginning}${randomInt(10_000_000, 100_000_000)}`;
        if (!(await isWritten(phone))) return phone;
      }
    },
    writeLine: async ({ phone, ...line }) => {
      const record = { province: 'sichuan', system: 'mobile-5g', status: 'in-use', ...line };
      await jsonOf({ method: 'PUT', url: lineUrl(phone), body: JSON.stringify(record) }, changed);
    },
    changeSilently: async (phone, kind, facts = {}) => {
      const body = JSON.stringify({ ...facts, silent: true });
      await jsonOf({ method: 'POST', url: `${lineUrl(phone)}/${kind}`, body }, changed);
    },
    outOfService: async (province, down) => {
      const body = JSON.stringify(down ? { down } : {});
      await textOf({ method: 'PUT', url: `${simulator}/_sim/faults/${province}`, body });
    },
    smsTo: async (phone) => {
      const url = `${simulator}/_sim/sms?phone=${encodeURIComponent(phone)}`;
      const { items } = await jsonOf({ method: 'GET', url }, texts);
      return items.map(({ text }) => text);
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

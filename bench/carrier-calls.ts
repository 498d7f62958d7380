import { Webhook } from 'standardwebhooks';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { PreparedCall } from './callers.ts';
import type { Seeded } from './seeded.ts';

/** The system whose calls are made: the one that can do everything. */
export const home = { province: 'sichuan', system: 'mobile-5g' } as const;

/** Calls as `sichuan/mobile-5g` makes them. */
export interface CarrierCalls {
  /** A call with one cancellation: the CloudEvent itself. */
  single(phone: PhoneNumber): PreparedCall;
  /** A call with the cancellations of up to 1,000 numbers. */
  batch(phones: readonly PhoneNumber[]): PreparedCall;
}

/** Makes signed calls before the clock runs, so that making them isn't measured. */
export function carrierCalls({ secret, seeded }: { secret: string; seeded: Seeded }): CarrierCalls {
  const webhook = new Webhook(secret);
  const uuid = () => {
    const [a, b, c, d] = [seeded.hex(), seeded.hex(), seeded.hex(), seeded.hex()];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
  };
  let sequence = 0;

  const cancelled = (phone: PhoneNumber) => {
    sequence += 1;
    return {
      specversion: '1.0',
      id: uuid(),
      source: `/carriers/${home.province}/${home.system}`,
      type: 'number.cancelled',
      time: new Date().toISOString(),
      sequence: String(sequence),
      datacontenttype: 'application/json',
      data: { phone, lineId: `L-${seeded.hex()}` },
    };
  };

  const signed = (body: string, contentType: string): PreparedCall => {
    const id = `msg_${uuid()}`;
    const at = new Date();
    return {
      body: Buffer.from(body),
      headers: {
        'content-type': contentType,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': webhook.sign(id, at, body),
      },
    };
  };

  return {
    single: (phone) => signed(JSON.stringify(cancelled(phone)), 'application/cloudevents+json'),
    batch: (phones) => signed(JSON.stringify(phones.map(cancelled)), 'application/cloudevents-batch+json'),
  };
}

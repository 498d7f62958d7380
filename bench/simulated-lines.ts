import pLimit from 'p-limit';
import { z } from 'zod';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Bed } from './bed.ts';
import { home } from './carrier-calls.ts';

const writesAtOnce = 20;
/** A write into the simulator's books takes milliseconds; a bench that hangs has to end. */
const answerWithinMs = 30_000;

const countedSchema = z.object({ calls: z.record(z.string(), z.int()) });

/** The simulated carrier of {@link home}, by its controls. */
export interface SimulatedLines {
  /** Writes lines in use into the books, joined at that time; nobody is told. */
  join(phones: readonly PhoneNumber[], joinedAt: string): Promise<void>;
  /** Cancels a line, and reports it. */
  cancel(phone: PhoneNumber): Promise<void>;
  /** The questions that its province was asked so far, by kind; tokens aside. */
  asked(): Promise<Readonly<Record<string, number>>>;
}

/** Opens the simulator's controls. */
export function openSimulatedLines({ stack }: Pick<Bed, 'stack'>): SimulatedLines {
  const { simulator } = stack.endpoints;
  const limit = pLimit(writesAtOnce);
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${simulator}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) throw new Error(`The simulator answered ${response.status}`);
    return response.json();
  };
  const lineOf = (phone: PhoneNumber) => `lines/${encodeURIComponent(phone)}`;
  return {
    async join(phones, joinedAt) {
      await limit.map(phones, (phone) =>
        control('PUT', lineOf(phone), { ...home, status: 'in-use', joinedAt }),
      );
    },
    async cancel(phone) {
      await control('POST', `${lineOf(phone)}/cancel`, {});
    },
    async asked() {
      const { calls } = countedSchema.parse(await control('GET', `calls?province=${home.province}`));
      const { token: _, ...questions } = calls;
      return questions;
    },
  };
}

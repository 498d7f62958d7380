import type { Home } from '../carriers/gateway.ts';
import type { CustomerId } from '../domain/ids.ts';
import type { DurationMs } from '../domain/instant.ts';
import type { NumberRecord } from '../store/numbers.ts';
import { inquire, type Person } from './inquiry.ts';
import type { VerdictTools } from './ports.ts';

/** What a carrier says of a person: it is the customer of the line, it isn't, or there was no answer that tells. */
export type IdentitySays = 'match' | 'no-match' | 'unknown';

/**
 * Asks the carrier of a number whether its holder is this person. On a match a customer that is stored (`customerId`) is
 * noted as verified. A carrier that is away, can't compare or has nobody on record leaves it `unknown`.
 */
export async function verifyIdentity(
  tools: VerdictTools,
  {
    number: { phone },
    home,
    customer,
    withinMs,
  }: {
    number: Pick<NumberRecord, 'phone'>;
    home: Home;
    customer: Person & { readonly customerId?: CustomerId };
    withinMs: DurationMs;
  },
): Promise<IdentitySays> {
  const { reply, at } = await inquire(tools, { home, phone, lookupFor: 'identity', withinMs }).match(
    customer,
  );
  if (reply.kind !== 'answer' || reply.value === 'no-customer') return 'unknown';
  if (reply.value === 'match' && customer.customerId) {
    await tools.store.customers.verify(customer.customerId, at);
  }
  return reply.value;
}

import type { UserId } from '../../domain/ids.ts';
import type { DurationMs } from '../../domain/instant.ts';
import type { Store } from '../../store/store.ts';
import type { Verdicts } from '../../verdicts/verdicts.ts';

/** Nobody waits for it; its worker's step has a minute. */
const askWithin: DurationMs = 30_000;

/** Asking a number's carrier whether its holder is who a new user said to be. Runs on the queue of the system that is asked. */
export function createIdentityActivities({
  store,
  judge,
}: {
  store: Store;
  judge: Pick<Verdicts, 'verifyIdentity'>;
}) {
  return {
    /** Asks once. A match is noted with the customer; without one the identity stays declared, and can be told again. */
    async confirmIdentity({ userId }: { userId: UserId }): Promise<void> {
      const user = await store.users.find(userId);
      const [customer, number] = await Promise.all([
        user?.customerId ? store.customers.find(user.customerId) : null,
        user?.phone ? store.numbers.find(user.phone.numberKey) : null,
      ]);
      if (!customer || !number || customer.verifiedAt !== null) return;
      const home = { province: number.province, system: number.system };
      await judge.verifyIdentity({ number, home, customer, withinMs: askWithin });
    },
  };
}

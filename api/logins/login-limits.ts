import { asUserId, type UserId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { Allowance, Limit } from '../../store/limits.ts';
import type { Store } from '../../store/store.ts';
import { limitedAddress, refuseBeyond } from '../limits.ts';

/** Somebody mistypes a few times; whoever is wrong ten times waits. */
const perLoginAndAddress = { points: 10, per: 15 * 60_000 } as const;
/** A hundred guesses a day find no password that the policy lets through. */
const perLogin = { points: 100, per: 24 * 3_600_000 } as const;
/** The window of an address; how many it has is configured, for many people may share one. */
const addressWindow: DurationMs = 15 * 60_000;

/** A try to log in by password. */
export interface LoginTry {
  /** What was typed for a login, in the form in which it is compared. Not the user: nobody is to learn which names are one user's. */
  readonly login: string;
  /** Whose login it is; null where it is nobody's. */
  readonly userId: UserId | null;
  /** As the request has it. */
  readonly address: string;
  readonly now: Instant;
}

/** Bounds how often passwords can be guessed. */
export interface LoginLimits {
  /**
   * Lets a check of a password happen under the limits; it counts as wrong unless it is right, and is counted before it
   * is made, so that many at one instant are counted too. Gives what the check gave; null where it was wrong.
   *
   * At most 10 wrong ones for a login and an address, and a configured number for an address, in 15 minutes; at most
   * 100 a day for a login, of which those that weren't looked at are none, so that no single address uses them up. Where
   * the user has logged in from that address before, the right password gets in whatever others did: of the limits only
   * a day's 100 for this login at this very address bind it. Throws the `Problem` `too_many_requests`.
   */
  guard<Right>(attempt: LoginTry, check: () => Promise<Right | null>): Promise<Right | null>;
  /** Notes that a user proved itself at an address in another way than by the password, as `guard` does for that one. */
  know(place: { readonly userId: UserId } & Pick<LoginTry, 'address' | 'now'>): Promise<void>;
}

/** Makes the limits on logins by password. */
export function createLoginLimits({
  store,
  failuresPerAddress,
}: {
  store: Pick<Store, 'limits' | 'knownAddresses'>;
  failuresPerAddress: number;
}): LoginLimits {
  return {
    async guard({ login, userId, address: sent, now }, check) {
      const address = limitedAddress(sent);
      const here = `${login}\0${address}`;
      // Read for nobody too, so that all take the same time.
      const known = await store.knownAddresses.has({ userId: userId ?? nobody, address, now });
      const ownHere: Limit = { name: 'login-here', key: here, ...perLoginAndAddress };
      const allHere: Limit = {
        name: 'login-address',
        key: address,
        points: failuresPerAddress,
        per: addressWindow,
      };
      const daily: Limit = known
        ? { name: 'login-day-here', key: here, ...perLogin }
        : { name: 'login-day', key: login, ...perLogin };

      const [today, ...soon] = await Promise.all([
        store.limits.take({ ...daily, now }),
        store.limits.take({ ...ownHere, now }),
        store.limits.take({ ...allHere, now }),
      ]);
      const tooSoon = longest(soon);
      if (!known) {
        if (!tooSoon.ok) await store.limits.giveBack({ ...daily, now });
        refuseBeyond(longest([today, tooSoon]));
      }
      refuseBeyond(today);

      const right = await check();
      if (right === null) {
        refuseBeyond(tooSoon);
        return null;
      }
      await Promise.all([
        store.limits.reset(ownHere),
        store.limits.giveBack({ ...allHere, now }),
        store.limits.giveBack({ ...daily, now }),
        ...(userId === null ? [] : [store.knownAddresses.note({ userId, address, now })]),
      ]);
      return right;
    },

    async know({ userId, address, now }) {
      await store.knownAddresses.note({ userId, address: limitedAddress(address), now });
    },
  };
}

const allowed: Allowance = { ok: true };
const nobody = asUserId('');

/** The allowance that is to be waited for longest. */
const longest = (allowances: readonly Allowance[]): Allowance =>
  allowances.reduce(
    (worst, each) => ((each.retryAfterMs ?? 0) > (worst.retryAfterMs ?? 0) ? each : worst),
    allowed,
  );

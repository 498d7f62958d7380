import { randomBytes } from 'node:crypto';
import type { Instant } from '../../domain/instant.ts';

/**
 * Seconds that an access token is good for: short enough that whoever caches it for ever is found out in a
 * development session, long enough that a client asks for one now and then only.
 */
export const TOKEN_LIFETIME_S = 600;

/** The access tokens that were given out. They don't outlive a restart, as with many a real token server. */
export interface Tokens {
  issue(province: string): string;
  /** Whether the token was given out for that province and hasn't expired. */
  accepts(province: string, token: string): boolean;
}

/** Keeps tokens in memory. `now` is the clock. */
export function createTokens(now: () => Instant): Tokens {
  const issued = new Map<string, { province: string; expiresAt: Instant }>();
  return {
    issue(province) {
      for (const [token, { expiresAt }] of issued) {
        if (expiresAt <= now()) {
          issued.delete(token);
        }
      }
      const token = randomBytes(24).toString('base64url');
      issued.set(token, { province, expiresAt: now() + TOKEN_LIFETIME_S * 1_000 });
      return token;
    },
    accepts(province, token) {
      const known = issued.get(token);
      return known !== undefined && known.province === province && known.expiresAt > now();
    },
  };
}

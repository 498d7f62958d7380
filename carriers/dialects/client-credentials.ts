import {
  allowInsecureRequests,
  ClientSecretBasic,
  Configuration,
  clientCredentialsGrant,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import { causeOf, errorCode } from '../error-code.ts';
import { CarrierUnavailable, type UnavailableReason } from '../gateway.ts';
import { isLoopback } from '../loopback.ts';
import type { DialectSystem } from './dialect.ts';
import { retryAfterOf } from './retry-after.ts';

/** The access token of one system, fetched when it is first needed and kept while it is good. */
export type TokenSource = {
  /** The present token, or a new one. Callers who come together share one request. Throws `CarrierUnavailable`. */
  token(): Promise<string>;
  /** The system refused this token: the next call fetches another. Does nothing when that happened already. */
  refused(token: string): void;
};

/** A token is renewed this long before it ends, so that it doesn't end on its way; a short-lived one after 9/10 of its life. */
const RENEWAL_MARGIN: DurationMs = 30_000;
/** RFC 6749 §5.1 lets a server leave the lifetime out. A minute costs little, and a refused token is replaced anyway. */
const UNSTATED_LIFETIME: DurationMs = 60_000;

/** OAuth 2.0 client credentials (RFC 6749 §4.4) with HTTP Basic, as the token endpoint of a system wants them. */
export function createTokenSource({ home, connection }: DialectSystem): TokenSource {
  const { tokenUrl, credentials, timeouts, plainHttpHosts = [] } = connection;
  const endpoint = new URL(tokenUrl);
  const configuration = new Configuration(
    { issuer: endpoint.origin, token_endpoint: endpoint.href },
    credentials.clientId,
    undefined,
    ClientSecretBasic(credentials.clientSecret.reveal()),
  );
  // A request of its own time-out: it is shared, so no single call's time may end it.
  configuration.timeout = timeouts.call / 1_000;
  const { protocol, hostname } = endpoint;
  if (protocol === 'http:' && (isLoopback(hostname) || plainHttpHosts.includes(hostname))) {
    allowInsecureRequests(configuration);
  }

  let held: { token: string; until: Instant } | undefined;
  let coming: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    try {
      const { access_token: token, expires_in: seconds } = await clientCredentialsGrant(configuration);
      const lifetime = seconds === undefined ? UNSTATED_LIFETIME : seconds * 1_000;
      held = { token, until: Date.now() + lifetime - Math.min(RENEWAL_MARGIN, lifetime / 10) };
      return token;
    } catch (error) {
      throw new CarrierUnavailable({ home, ...whyNoToken(error) });
    } finally {
      coming = undefined;
    }
  };

  return {
    token: async () => {
      if (held && Date.now() < held.until) {
        return held.token;
      }
      coming ??= fetchToken();
      return coming;
    },
    refused: (token) => {
      if (held?.token === token) {
        held = undefined;
      }
    },
  };
}

/** What a failed token request says of the system. Takes codes and statuses only, never what the server wrote. */
function whyNoToken(error: unknown): {
  reason: UnavailableReason;
  detail: string;
  retryAfterMs?: DurationMs | null;
} {
  const response = responseOf(error);
  if (response !== undefined) {
    const detail = `token endpoint ${response.status}`;
    const retryAfterMs = retryAfterOf(response.headers);
    if (response.status === 429) {
      return { reason: 'too-many-requests', detail, retryAfterMs };
    }
    return response.status >= 500
      ? { reason: 'server-error', detail, retryAfterMs }
      : { reason: 'credentials-refused', detail };
  }
  const code = errorCode(error) ?? errorCode(causeOf(error));
  return code === 'OAUTH_TIMEOUT'
    ? { reason: 'time-out', detail: 'token endpoint' }
    : { reason: 'connection-failed', detail: `token endpoint${code === undefined ? '' : ` ${code}`}` };
}

function responseOf(error: unknown): Response | undefined {
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) {
    return error.response;
  }
  const cause = causeOf(error);
  return cause instanceof Response ? cause : undefined;
}

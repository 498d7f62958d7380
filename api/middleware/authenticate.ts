import type { IncomingHttpHeaders } from 'node:http';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { z } from 'zod';
import type { Instant } from '../../domain/instant.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Access, TokenCaller } from '../access.ts';
import { Problem, temporarilyUnavailable } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';

/** Checks who calls a route that wants a token. Throws a `Problem`. */
export interface Authenticator {
  authenticate(
    access: Extract<Access, { kind: 'token' }>,
    headers: IncomingHttpHeaders,
  ): Promise<TokenCaller>;
}

/** Signatures by a key pair only: with a shared secret, whoever can check a token could make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** The clocks of two machines that keep time; more would let expired tokens in. */
const clockToleranceSeconds = 5;

/** An issuer that doesn't answer in this time can't be waited for: the caller is told to come again. */
const issuerTimeoutMs = 5_000;

/** RFC 6750 §2.1. */
const BEARER = /^Bearer +([\w~+/.-]+=*) *$/i;

/** What is read of a discovery document (OpenID Connect Discovery 1.0 §3, RFC 8414 §2). */
const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** What is read of a token. */
const claimsSchema = z.object({
  sub: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  scope: z.string().optional(),
  roles: z.array(z.string()).optional(),
});

/** Refuses with the challenge that RFC 6750 §3 asks for. */
function refusal(code: ProblemCode, challenge: Record<string, string> = {}): Problem {
  const parameters = Object.entries({ realm: 'linekeeper', ...challenge }).map(
    ([name, text]) => `${name}="${text}"`,
  );
  return new Problem(code, { headers: { 'www-authenticate': `Bearer ${parameters.join(', ')}` } });
}

const invalidToken = () => refusal('token_invalid', { error: 'invalid_token' });

/** Where an issuer's discovery document lies. */
export const discoveryAddress = (issuer: string): string =>
  `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;

/**
 * Makes the check of bearer tokens: JWTs of this issuer for this audience, signed by one of the keys that its discovery
 * document leads to. The keys are fetched when first needed and again when an unknown one turns up, so the issuer may
 * start after us and change its keys.
 */
export function createAuthenticator({
  issuer,
  audience,
  logger,
  now,
}: {
  issuer: string;
  audience: string;
  logger: Logger;
  now: () => Instant;
}): Authenticator {
  const keys = issuerKeys(issuer);

  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, await keys(), {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refusal('token_expired', { error: 'invalid_token' });
      if (isFaultOfToken(error)) throw invalidToken();
      logger.error({ err: error }, "The issuer's keys can't be had");
      throw temporarilyUnavailable('Tokens cannot be checked at the moment');
    }
  };

  return {
    async authenticate(access, { authorization }) {
      if (authorization === undefined || !/^Bearer\b/i.test(authorization)) throw refusal('token_missing');
      const token = BEARER.exec(authorization)?.[1];
      if (token === undefined) throw invalidToken();
      const caller = callerOf(await verify(token));
      if (!caller.scopes.has(access.scope)) {
        throw refusal('scope_missing', { error: 'insufficient_scope', scope: access.scope });
      }
      if (access.roles && !access.roles.some((role) => caller.roles.has(role))) throw refusal('role_missing');
      return caller;
    },
  };
}

function callerOf(payload: JWTPayload): TokenCaller {
  const claims = claimsSchema.safeParse(payload).data;
  const subject = claims?.sub ?? claims?.client_id;
  if (!claims || subject === undefined) throw invalidToken();
  return {
    kind: 'token',
    subject,
    clientId: claims.client_id ?? subject,
    scopes: new Set(claims.scope?.split(' ')),
    roles: new Set(claims.roles),
  };
}

/** The token is to blame, and not what its check needs. */
function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

/** The issuer's keys, found by its discovery document. Many requests at once ask for it once; a failure is forgotten. */
function issuerKeys(issuer: string): () => Promise<RemoteJWKSet> {
  let found: Promise<RemoteJWKSet> | null = null;
  const discover = async (): Promise<RemoteJWKSet> => {
    const response = await fetch(discoveryAddress(issuer), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(issuerTimeoutMs),
    });
    if (!response.ok) throw new Error(`The issuer's discovery document is answered with ${response.status}`);
    const document = discoverySchema.parse(await response.json());
    if (document.issuer !== issuer) throw new Error('The discovery document is of another issuer');
    return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: issuerTimeoutMs });
  };
  return () => {
    found ??= discover().catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
}

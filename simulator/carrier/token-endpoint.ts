import express, { type Request, type Response, type Router } from 'express';
import type { SimulatorConfig } from '../config.ts';
import type { FaultBoard } from '../faults.ts';
import { type Answer, notFound, outOfService, send } from './answers.ts';
import type { Calls } from './calls.ts';
import { TOKEN_LIFETIME_S, type Tokens } from './tokens.ts';

/** What the token endpoints stand on. */
export interface TokenEndpointParts {
  readonly config: SimulatorConfig;
  readonly faults: FaultBoard;
  readonly tokens: Tokens;
  readonly calls: Calls;
}

/**
 * A token endpoint per province: client credentials by HTTP Basic (RFC 6749 §4.4, errors as in §5.2). Of the faults
 * only `down` concerns it, so that the others hit the calls they are meant for and not the token before them.
 */
export function tokenEndpoint(parts: TokenEndpointParts): Router {
  const router = express.Router();
  router.post(
    '/:province/oauth/token',
    express.urlencoded({ extended: false }),
    (request: Request<{ province: string }>, response: Response) => {
      const answer = answerTokenRequest(parts, request);
      response.set('cache-control', 'no-store');
      if (answer.status === 401) {
        response.set('www-authenticate', 'Basic realm="carrier"');
      }
      send(response, answer);
    },
  );
  return router;
}

function answerTokenRequest(
  { config, faults, tokens, calls }: TokenEndpointParts,
  request: Request<{ province: string }>,
): Answer {
  const { province } = request.params;
  const client = Object.hasOwn(config.provinces, province) ? config.provinces[province] : undefined;
  if (client === undefined) {
    return notFound;
  }
  calls.count({ province, system: null, kind: 'token' });
  if (faults.of(province).down === true) {
    return outOfService;
  }
  const given = readBasicCredentials(request.get('authorization'));
  if (given?.clientId !== client.clientId || given.clientSecret !== client.clientSecret) {
    return { status: 401, body: { error: 'invalid_client' } };
  }
  if (request.body?.grant_type !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type' } };
  }
  return {
    status: 200,
    body: { access_token: tokens.issue(province), token_type: 'Bearer', expires_in: TOKEN_LIFETIME_S },
  };
}

/** Client id and secret, each form-urlencoded within the Basic credentials (RFC 6749 §2.3.1). */
function readBasicCredentials(header: string | undefined): { clientId: string; clientSecret: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  const [, clientId, clientSecret] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (clientId === undefined || clientSecret === undefined) {
    return null;
  }
  try {
    return { clientId: formDecode(clientId), clientSecret: formDecode(clientSecret) };
  } catch {
    return null;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

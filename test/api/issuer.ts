import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What a test's token says; what is left out is as it should be. */
export interface TokenFacts {
  scope?: string;
  subject?: string;
  clientId?: string;
  roles?: string[];
  audience?: string;
  issuer?: string;
  /** Seconds from now. */
  expiresIn?: number;
  /** `none` and `HS256` are made by hand, as an attacker would. */
  signedBy?: 'issuer' | 'stranger' | 'none' | 'public-key';
}

/** The audience that the tests' API accepts. */
export const audience = 'linekeeper-tests';

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A tiny issuer of tokens on a free port, with a real discovery document and real keys. */
export async function startIssuer() {
  const keys = await generateKeyPair('RS256');
  const strangers = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
      '/jwks': { keys: [jwk] },
    };
    const document = documents[request.url ?? ''];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  return {
    issuer,
    async token(facts: TokenFacts = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1_000);
      const claims = {
        sub: facts.subject ?? 'support-desk',
        client_id: facts.clientId ?? facts.subject ?? 'support-desk',
        scope: facts.scope ?? '',
        ...(facts.roles ? { roles: facts.roles } : {}),
        iss: facts.issuer ?? issuer,
        aud: facts.audience ?? audience,
        iat: now - 600,
        exp: now + (facts.expiresIn ?? 300),
      };
      if (facts.signedBy === 'none') return `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
      if (facts.signedBy === 'public-key') {
        const secret = new TextEncoder().encode(JSON.stringify(jwk));
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
      }
      const { privateKey } = facts.signedBy === 'stranger' ? strangers : keys;
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

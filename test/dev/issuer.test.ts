import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { APPLICATIONS, CONSOLE_CLIENT_ID } from '../../dev/issuer/access.ts';
import { freePort } from '../../dev/servers/free-port.ts';
import type { ServerProcess } from '../../dev/servers/server-process.ts';
import { createDataFolder, dataFolderAt } from '../../dev/stack/data-folder.ts';
import { writeConfiguration } from '../../dev/stack/environment.ts';
import { startOwnProcess } from '../../dev/stack/own-process.ts';
import { clientCredentials, createSecrets, type StackSecrets } from '../../dev/stack/secrets.ts';

describe('the issuer of the embedded stack', () => {
  let root: string;
  let issuer: string;
  let server: ServerProcess;
  let secrets: StackSecrets;
  const callback = 'http://127.0.0.1:3000/console/callback';

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    const folder = dataFolderAt(root);
    createDataFolder(folder);
    secrets = await createSecrets();
    const port = await freePort();
    const ports = { api: 3000, simulator: 3100, issuer: port, temporal: 1, store: 1, worker: 1, mail: 1 };
    writeConfiguration({ folder, ports, secrets });
    issuer = `http://127.0.0.1:${port}`;
    server = await startOwnProcess({
      name: 'issuer',
      file: join(import.meta.dirname, '../../dev/issuer/main.ts'),
      env: { ...process.env, LINEKEEPER_ISSUER_CONFIG: folder.issuerConfig },
      logFile: folder.logOf('issuer'),
      healthUrl: `${issuer}/.well-known/openid-configuration`,
    });
  });

  afterAll(async () => {
    await server.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function requestToken(client: { id: string; secret: string }, scope: string) {
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    const { token_endpoint: tokenEndpoint } = jsonOf(await discovery.text());
    return fetch(tokenEndpoint ?? '', {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
  }

  const jsonOf = (text: string): Record<string, string> => JSON.parse(text);

  async function claimsOf(token: string) {
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    return (await jwtVerify(token, keys, { issuer, audience: 'linekeeper' })).payload;
  }

  it.each([
    ['paymentApp', undefined],
    ['supportDesk', ['support']],
    ['supportLead', ['support-lead']],
    ['auditor', ['auditor']],
    ['camara', undefined],
  ] as const)(
    '%s asks for its scope → a JWT for the API with that scope and roles %j',
    async (name, roles) => {
      const client = clientCredentials(secrets)[name];

      const response = await requestToken(client, client.scope);

      expect(response.status).toBe(200);
      const { access_token: token } = jsonOf(await response.text());
      const claims = await claimsOf(token ?? '');
      expect(claims).toMatchObject({ client_id: client.id, sub: client.id, scope: client.scope });
      expect(claims.roles).toEqual(roles);
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    },
  );

  it('a wrong secret → 401 invalid_client', async () => {
    const response = await requestToken({ id: APPLICATIONS.auditor.id, secret: 'wrong' }, 'numbers:read');

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  it('a scope that the client does not have → 400 invalid_scope', async () => {
    const response = await requestToken(clientCredentials(secrets).auditor, 'cases:write');

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_scope' });
  });

  it('staff logs in at the form by code flow with PKCE → a token with the scopes and role of that person', async () => {
    const flow = await beginLogin();
    const person = secrets.staff.find(({ role }) => role === 'auditor');

    const refused = await flow.submit({ name: person?.name ?? '', password: 'wrong' });
    expect(refused.status).toBe(401);

    const redirect = await flow.submit({ name: person?.name ?? '', password: person?.password ?? '' });
    const tokens = await openid.authorizationCodeGrant(flow.config, await flow.follow(redirect), {
      pkceCodeVerifier: flow.verifier,
    });

    const claims = await claimsOf(tokens.access_token);
    expect(claims).toMatchObject({ sub: person?.name, client_id: CONSOLE_CLIENT_ID, roles: ['auditor'] });
    expect(String(claims.scope).split(' ').sort()).toEqual([...APPLICATIONS.auditor.scopes].sort());
  });

  it('a login without PKCE → refused', async () => {
    const url = new URL(`${issuer}/auth`);
    url.search = new URLSearchParams({
      client_id: CONSOLE_CLIENT_ID,
      response_type: 'code',
      redirect_uri: callback,
      scope: 'openid',
    }).toString();

    const response = await fetch(url, { redirect: 'manual' });

    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  it('a redirect to elsewhere → refused without a redirect', async () => {
    const url = new URL(`${issuer}/auth`);
    url.search = new URLSearchParams({
      client_id: CONSOLE_CLIENT_ID,
      response_type: 'code',
      redirect_uri: 'http://elsewhere.example/',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();

    const response = await fetch(url, { redirect: 'manual' });

    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  /** A browser's part of the login, up to the form. */
  async function beginLogin() {
    const config = await openid.discovery(new URL(issuer), CONSOLE_CLIENT_ID, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    const verifier = openid.randomPKCECodeVerifier();
    const cookies = new Map<string, string>();
    const visit = async (url: URL, init: RequestInit = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [name, value] = (line.split(';')[0] ?? '').split(/=(.*)/s);
        cookies.set(name ?? '', value ?? '');
      }
      return response;
    };
    const target = (response: Response) => new URL(response.headers.get('location') ?? '', issuer);
    const asked = await visit(
      openid.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: `openid ${APPLICATIONS.supportLead.scopes.join(' ')}`,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
    const formUrl = target(asked);
    expect(await (await visit(formUrl)).text()).toContain('type="password"');
    return {
      config,
      verifier,
      submit: (fields: Record<string, string>) =>
        visit(formUrl, { method: 'POST', body: new URLSearchParams(fields) }),
      follow: async (response: Response) => target(await visit(target(response))),
    };
  }
});

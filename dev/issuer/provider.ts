import Provider, {
  type ClientMetadata,
  type Configuration,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { API_SCOPES, ROLE_SCOPES, type Role } from './access.ts';
import type { IssuerConfig } from './config.ts';
import { createMemory } from './memory-adapter.ts';

// The API as a resource (RFC 8707). Callers needn't name it: it is the default.
const RESOURCE = 'urn:linekeeper:api';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
// Tokens can't be called back, so they are short; a client asks for the next one by itself.
const TOKEN_TTL = HOUR;
// A login form that was left open over a break.
const LOGIN_TTL = 15 * MINUTE;
// One working day at the console.
const SESSION_TTL = 10 * HOUR;

/** The OAuth/OIDC issuer of the embedded stack. `issuer` is its address without a final slash. */
export function createProvider(issuer: string, config: IssuerConfig): Provider {
  return new Provider(issuer, providerConfiguration(config));
}

function providerConfiguration(config: IssuerConfig): Configuration {
  const clientRoles = new Map(config.clients.map((client) => [client.id, client.roles]));
  const staffRoles = new Map(config.staff.map((person) => [person.name, person.role]));
  return {
    adapter: createMemory(),
    jwks: { keys: config.keys },
    cookies: { keys: config.cookieKeys },
    scopes: ['openid', ...API_SCOPES],
    clients: [...config.clients.map(application), consoleClient(config)],
    // Refresh tokens would outlive a day at the console; the session brings the next token.
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: API_SCOPES.join(' '),
          audience: config.audience,
          accessTokenTTL: TOKEN_TTL,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: TOKEN_TTL,
      ClientCredentials: TOKEN_TTL,
      AuthorizationCode: MINUTE,
      IdToken: TOKEN_TTL,
      Interaction: LOGIN_TTL,
      Session: SESSION_TTL,
      Grant: SESSION_TTL,
    },
    extraTokenClaims: (_ctx, token) => {
      const role = 'accountId' in token ? staffRoles.get(token.accountId) : undefined;
      const roles = role === undefined ? (clientRoles.get(token.clientId ?? '') ?? []) : [role];
      return roles.length === 0 ? undefined : { roles };
    },
    findAccount: (_ctx, name) =>
      staffRoles.has(name) ? { accountId: name, claims: () => ({ sub: name }) } : undefined,
    interactions: { policy: loginOnly(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: (ctx) => grantByRole(ctx, staffRoles),
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: (ctx, out) => {
      ctx.type = 'application/json';
      ctx.body = out;
    },
  };
}

function application(client: IssuerConfig['clients'][number]): ClientMetadata {
  return {
    client_id: client.id,
    client_secret: client.secret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: client.scopes.join(' '),
  };
}

function consoleClient(config: IssuerConfig): ClientMetadata {
  const scopes = new Set(Object.values(ROLE_SCOPES).flat());
  return {
    client_id: config.console.id,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: config.console.redirectUris,
    token_endpoint_auth_method: 'none',
    scope: ['openid', ...scopes].join(' '),
  };
}

/** The console is the house's own, so nobody is asked whether it may have what it asks for. */
function loginOnly() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

/** What the console gets is what the role of the person allows, whatever it asks for. */
async function grantByRole(ctx: KoaContextWithOIDC, staffRoles: Map<string, Role>) {
  const { client, session, provider } = ctx.oidc;
  const accountId = session?.accountId;
  const role = accountId === undefined ? undefined : staffRoles.get(accountId);
  if (client === undefined || accountId === undefined || role === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(RESOURCE, ROLE_SCOPES[role].join(' '));
  await grant.save();
  return grant;
}

import { z } from 'zod';
import type { ApplicationName } from '../issuer/access.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { jsonOf } from './call.ts';

const discovery = z.object({ token_endpoint: z.url() });
const token = z.object({ access_token: z.string() });

/** The header that lets an application of the stack in: RFC 6749 §4.4, at the token endpoint that the issuer names. */
export async function authorizationOf(
  { issuer, clients }: Endpoints,
  application: ApplicationName,
): Promise<Record<string, string>> {
  const { id, secret, scope } = clients[application];
  const { token_endpoint } = await jsonOf(
    { method: 'GET', url: `${issuer}/.well-known/openid-configuration` },
    discovery,
  );
  const { access_token } = await jsonOf(
    {
      method: 'POST',
      url: token_endpoint,
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
    },
    token,
  );
  return { authorization: `Bearer ${access_token}` };
}

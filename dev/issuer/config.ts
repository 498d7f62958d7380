import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { API_SCOPES, APPLICATIONS } from './access.ts';

const role = z.enum(['support', 'support-lead', 'auditor']);

const client = z
  .strictObject({
    id: z.string().min(1),
    secret: z.string().min(32),
    scopes: z.array(z.enum(API_SCOPES)).optional(),
    roles: z.array(role).optional(),
  })
  .transform(({ id, secret, scopes, roles }) => {
    const known = Object.values(APPLICATIONS).find((application) => application.id === id);
    return {
      id,
      secret,
      scopes: scopes ?? [...(known?.scopes ?? [])],
      roles: roles ?? [...(known?.roles ?? [])],
    };
  });

const schema = z.strictObject({
  /** Where it listens. */
  host: z.string().min(1).default('127.0.0.1'),
  /** The issuer's name, under which everybody must reach it; on its port of 127.0.0.1 unless it says otherwise. */
  url: z.url().optional(),
  port: z.int().min(1).max(65_535),
  /** The `aud` of access tokens. */
  audience: z.string().min(1),
  /** The private signing keys as a JWK set; the first signs. */
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.literal('RS256') })).min(1),
  /** Signs the cookies of the login; the first makes new ones. */
  cookieKeys: z.array(z.string().min(32)).min(1),
  /** An application of `access.ts` has the scopes and roles from there unless it says otherwise. */
  clients: z.array(client),
  console: z.strictObject({ id: z.string().min(1), redirectUris: z.array(z.url()).min(1) }),
  staff: z.array(z.strictObject({ name: z.string().min(1), password: z.string().min(8), role })),
});

/** The issuer's configuration; it holds secrets, so its file is for its owner only. */
export type IssuerConfig = z.output<typeof schema>;

/** Reads the configuration. Throws an `Error` that names all faults and none of the values. */
export function readIssuerConfig(path: string): IssuerConfig {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.code}`);
  throw new Error(`The issuer's configuration is wrong:\n${faults.join('\n')}`);
}

/** The scopes that a token can carry, `resource:verb`, and what each lets its client do. The issuer knows the same ones. */
export const scopes = {
  'numbers:read': 'Look numbers up, with their timelines',
  'users:read': 'See users',
  'users:write': 'Change users, together with their session',
  'codes:write': 'Have verification codes sent',
  'registrations:write': 'Register users, and see how it went',
  'sessions:write': 'Log users in, and reset their passwords',
  'accounts:read': 'See the entries of accounts',
  'accounts:write': 'Top accounts up',
  'imports:read': 'See imports and their results',
  'imports:write': 'Import users',
  'audit:read': 'See who looked at what',
} as const satisfies Record<string, string>;

/** One of the scopes. */
export type Scope = keyof typeof scopes;

/** The roles that support staff carry. */
export const roles = ['support', 'support-lead', 'auditor'] as const;

/** One of the roles. */
export type Role = (typeof roles)[number];

/** Who may call a route. */
export type Access =
  /** A bearer token with this scope and, where roles are named, one of them. */
  | {
      readonly kind: 'token';
      readonly scope: Scope;
      readonly roles?: readonly Role[];
      /**
       * Also the session of the user that is changed (`X-User-Session`), the one of `{id}` where the path has it.
       * `fresh`: of a login in the last 5 minutes.
       */
      readonly session?: 'live' | 'fresh';
    }
  /** A province system's signature; the path has `{province}` and `{system}`. */
  | { readonly kind: 'signature' }
  | { readonly kind: 'public' };

/** The client of a checked token. */
export interface TokenCaller {
  readonly kind: 'token';
  /** The token's `sub`: who acts. */
  readonly subject: string;
  /** `client_id`, or the subject: whose idempotency keys they are. */
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** A province system whose signature verified. */
export interface CarrierCaller {
  readonly kind: 'signature';
  readonly province: string;
  readonly system: string;
  readonly webhookId: string;
}

/** Anybody. */
export interface AnyCaller {
  readonly kind: 'public';
}

/** Who calls a route of that access. */
export type CallerOf<A extends Access> = Extract<
  TokenCaller | CarrierCaller | AnyCaller,
  { kind: A['kind'] }
>;

/** Who calls, of whatever kind. */
export type Caller = TokenCaller | CarrierCaller | AnyCaller;

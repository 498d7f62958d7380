/** What may be asked of the API, as OAuth scopes: `resource:verb`. */
export const API_SCOPES = [
  'users:read',
  'users:write',
  'imports:read',
  'imports:write',
  'numbers:read',
  'audit:read',
  'cases:read',
  'cases:write',
  'billing:read',
  'billing:write',
  'number-recycling:check',
  'kyc-tenure:check-tenure',
  'kyc-match:match',
  'sessions:write',
  'registrations:write',
  'bindings:read',
  'bindings:write',
  'recoveries:write',
  'accounts:read',
  'accounts:write',
  'codes:write',
] as const;

/** A scope of the API. */
export type ApiScope = (typeof API_SCOPES)[number];

/** What a member of the support staff is; it stands in the token's `roles`. */
export type Role = 'support' | 'support-lead' | 'auditor';

/** What each role may do. */
export const ROLE_SCOPES: Record<Role, readonly ApiScope[]> = {
  support: ['numbers:read', 'users:read', 'cases:read', 'cases:write'],
  'support-lead': [
    'numbers:read',
    'users:read',
    'cases:read',
    'cases:write',
    'audit:read',
    'billing:read',
    'billing:write',
  ],
  auditor: ['numbers:read', 'users:read', 'audit:read', 'cases:read'],
};

/** The applications of the embedded stack that get tokens with client credentials. */
export const APPLICATIONS = {
  paymentApp: {
    id: 'payment-app',
    scopes: [
      'users:read',
      'users:write',
      'imports:read',
      'imports:write',
      'sessions:write',
      'registrations:write',
      'bindings:read',
      'bindings:write',
      'recoveries:write',
      'accounts:read',
      'accounts:write',
      'codes:write',
      'billing:read',
      'billing:write',
    ],
    roles: [],
  },
  supportDesk: { id: 'support-desk', scopes: ROLE_SCOPES.support, roles: ['support'] },
  supportLead: { id: 'support-lead', scopes: ROLE_SCOPES['support-lead'], roles: ['support-lead'] },
  auditor: { id: 'auditor', scopes: ROLE_SCOPES.auditor, roles: ['auditor'] },
  camara: {
    id: 'camara',
    scopes: ['number-recycling:check', 'kyc-tenure:check-tenure', 'kyc-match:match'],
    roles: [],
  },
} as const satisfies Record<string, { id: string; scopes: readonly ApiScope[]; roles: readonly Role[] }>;

/** The name of an application, as in `endpoints.json`. */
export type ApplicationName = keyof typeof APPLICATIONS;

/** The public client with which staff log in at the console: code flow with PKCE, no secret. */
export const CONSOLE_CLIENT_ID = 'console';

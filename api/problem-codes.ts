/**
 * Every code that an answer can carry, in one place: its HTTP status and its title (RFC 9457 §3.1.4, the same for each
 * occurrence). Codes are part of the contract: they are added and never renamed.
 */
export const problemCodes = {
  // The request itself.
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 400, title: 'The request does not fit its schema' },
  correlator_invalid: { status: 400, title: 'The x-correlator header is not valid' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key header is not valid' },
  cursor_invalid: { status: 400, title: 'The cursor is not one that was given for this list' },
  phone_invalid: { status: 400, title: 'Not a phone number of +86 in E.164' },
  events_invalid: { status: 400, title: 'Some events are not valid, and none was taken' },
  batch_too_large: { status: 400, title: 'Too many events in one call' },
  body_encoding_broken: { status: 400, title: 'The body is not what its content-encoding says' },
  import_empty: { status: 400, title: 'The body has no lines' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'This resource does not know the method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that is not taken here' },

  // Who asks.
  token_missing: { status: 401, title: 'A bearer token is needed' },
  token_invalid: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  scope_missing: { status: 403, title: 'The token lacks the scope' },
  role_missing: { status: 403, title: 'The role does not allow this' },
  signature_missing: { status: 401, title: 'The call is not signed' },
  signature_invalid: { status: 401, title: 'The signature does not verify' },
  signature_expired: { status: 401, title: 'The signature is too old' },

  // Asking again.
  request_in_progress: { status: 409, title: 'The first request with this key is still running' },
  idempotency_key_reused: { status: 422, title: 'The key was used for another request' },
  webhook_id_reused: { status: 409, title: 'The webhook-id was used for another body' },

  // Numbers and users.
  number_not_served: { status: 422, title: 'No province here serves this number' },
  number_not_found: { status: 404, title: 'There is no such number' },
  user_not_found: { status: 404, title: 'There is no such user' },
  import_not_found: { status: 404, title: 'There is no such import' },

  // Us.
  internal_error: { status: 500, title: 'Something went wrong here' },
  temporarily_unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

/** One of the stable codes. */
export type ProblemCode = keyof typeof problemCodes;

/** Whether a text is one of the stable codes. */
export function isProblemCode(text: unknown): text is ProblemCode {
  return typeof text === 'string' && Object.hasOwn(problemCodes, text);
}

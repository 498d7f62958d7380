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

  session_required: { status: 401, title: 'A session of this user is needed' },
  reauthentication_required: { status: 403, title: 'A login within the last 5 minutes is needed' },
  too_many_requests: { status: 429, title: 'Too many requests of this kind' },

  // Codes, logins and passwords.
  code_invalid: { status: 422, title: 'The code is wrong, late or used, or was sent for something else' },
  bad_credentials: { status: 401, title: 'No such login with this password' },
  number_recycled: { status: 403, title: 'The number went to somebody else since' },
  no_such_login: { status: 403, title: 'Nobody logs in by this number' },
  password_too_short: { status: 422, title: 'The password is too short' },
  password_too_long: { status: 422, title: 'The password is too long' },
  password_too_common: { status: 422, title: 'The password is one of those that are tried first' },
  reset_token_invalid: { status: 422, title: 'The reset token is wrong, late or used' },
  email_token_invalid: { status: 422, title: 'The token of this e-mail is wrong, late or used' },

  // Becoming a user, and changing one.
  phone_in_use: { status: 409, title: 'The number is the login phone of its present holder' },
  number_undecided: { status: 409, title: 'Whose number it is now could not be decided' },
  number_frozen: { status: 409, title: 'The number was cancelled, and nobody holds it' },
  nickname_in_use: { status: 409, title: 'The nickname is in use' },
  nickname_invalid: { status: 422, title: 'The nickname can not be used' },
  email_in_use: { status: 409, title: 'The e-mail is in use' },
  email_invalid: { status: 422, title: 'Not an e-mail address' },
  id_number_invalid: { status: 422, title: 'Not an ID number' },
  name_invalid: { status: 422, title: 'Not the name of a person' },
  under_age: { status: 422, title: 'A child under 14 can not be registered' },
  identity_mismatch: { status: 409, title: 'The carrier knows the number under another identity' },
  identity_verified: { status: 409, title: 'A verified identity can not be changed here' },
  change_in_progress: { status: 409, title: 'Another change of this user is under way' },
  services_active: { status: 409, title: 'Tied services have to be cancelled first' },
  balance_not_zero: { status: 409, title: 'There is money on the accounts' },
  registration_not_found: { status: 404, title: 'There is no such registration' },
  phone_change_not_found: { status: 404, title: 'There is no such change of phone' },
  closing_not_found: { status: 404, title: 'Nobody asked for this user to be closed' },
  session_not_found: { status: 404, title: 'There is no such session' },
  account_closed: { status: 409, title: 'The account is closed' },
  account_holds_no_money: { status: 409, title: 'Points can not be topped up with money' },
  balance_limit_exceeded: { status: 409, title: 'The account would hold more than any account may' },
  account_not_found: { status: 404, title: 'There is no such account' },

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

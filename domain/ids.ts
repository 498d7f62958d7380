/**
 * The ids of the house, each a type of its own, so that a user's id can't be passed where a claim's is meant.
 *
 * At run time they are plain strings and cross every boundary as such. The `as…` casts are for the places where an id
 * is made or read back (store, messages, URLs); they check nothing.
 */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** Keyed hash of a phone number with its key's id, `<keyId>_<base64url>`: names a number where its digits must not stand. */
export type NumberKey = Id<'NumberKey'>;
/** A natural person: name and ID number. */
export type CustomerId = Id<'CustomerId'>;
/** A payment user. */
export type UserId = Id<'UserId'>;
/** An account of a user: balance, red packets or points. */
export type AccountId = Id<'AccountId'>;
/** One hold of one number by one user. The same user claiming the same number again gets another one. */
export type ClaimId = Id<'ClaimId'>;
/** The tie between a line and a user. */
export type BindingId = Id<'BindingId'>;
/** One attempt to register. */
export type RegistrationId = Id<'RegistrationId'>;
/** One code sent to a number for one purpose. */
export type VerificationId = Id<'VerificationId'>;
/** One token that is sent to an e-mail address. */
export type EmailTokenId = Id<'EmailTokenId'>;
/** One login of a user. */
export type SessionId = Id<'SessionId'>;
/** One request to recover a passively released user. */
export type RecoveryId = Id<'RecoveryId'>;
/** One human task. */
export type CaseId = Id<'CaseId'>;
/** One bulk import of users. */
export type ImportId = Id<'ImportId'>;

/** Takes a string for a number's key. */
export const asNumberKey = (text: string): NumberKey => text as NumberKey;
/** Takes a string for a customer's id. */
export const asCustomerId = (text: string): CustomerId => text as CustomerId;
/** Takes a string for a user's id. */
export const asUserId = (text: string): UserId => text as UserId;
/** Takes a string for an account's id. */
export const asAccountId = (text: string): AccountId => text as AccountId;
/** Takes a string for a claim's id. */
export const asClaimId = (text: string): ClaimId => text as ClaimId;
/** Takes a string for a binding's id. */
export const asBindingId = (text: string): BindingId => text as BindingId;
/** Takes a string for a registration's id. */
export const asRegistrationId = (text: string): RegistrationId => text as RegistrationId;
/** Takes a string for a verification's id. */
export const asVerificationId = (text: string): VerificationId => text as VerificationId;
/** Takes a string for an e-mail token's id. */
export const asEmailTokenId = (text: string): EmailTokenId => text as EmailTokenId;
/** Takes a string for a session's id. */
export const asSessionId = (text: string): SessionId => text as SessionId;
/** Takes a string for a recovery's id. */
export const asRecoveryId = (text: string): RecoveryId => text as RecoveryId;
/** Takes a string for a case's id. */
export const asCaseId = (text: string): CaseId => text as CaseId;
/** Takes a string for an import's id. */
export const asImportId = (text: string): ImportId => text as ImportId;

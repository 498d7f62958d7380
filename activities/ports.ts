import type { EmailTokenId, ImportId, NumberKey, RegistrationId, UserId } from '../domain/ids.ts';

/** What steps start or wake elsewhere in the house. Each call may be repeated. */
export interface Messenger {
  /** Has the lives of numbers look again, starting those that sleep in the store only. */
  wakeNumbers(call: { numberKeys: readonly NumberKey[]; correlator: string }): Promise<void>;
  /** Has a notice that is owed delivered. */
  deliverNotice(call: { noticeId: string; correlator: string }): Promise<void>;
  /** Has an import run that was received whole. */
  runImport(call: { importId: ImportId; correlator: string }): Promise<void>;
}

/** Starts what changes a user's login phone, one thing at a time. Each call may be repeated. */
export interface UserChanges {
  /** Has a user closed that asked for it. Nothing happens while its phone is being changed: it is to be called again. */
  closeUser(call: { userId: UserId; correlator: string }): Promise<void>;
  /** Has a change of phone go on that was asked for. Nothing happens while something else changes the user's phone. */
  changePhone(call: { changeId: string; userId: UserId; correlator: string }): Promise<void>;
}

/** Has mails sent that are owed. Each call may be repeated. */
export interface Mails {
  /** Has the mail of a token sent. */
  deliverMail(call: { tokenId: EmailTokenId; correlator: string }): Promise<void>;
}

/** Starts what decides requests for numbers. Each call may be repeated. */
export interface PhoneRequests {
  /** Has a registration go on that needs a verdict. */
  runRegistration(call: { registrationId: RegistrationId; correlator: string }): Promise<void>;
}

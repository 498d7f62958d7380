import type { PhoneNumber } from '../domain/phone-number.ts';
import type { VerificationPurpose } from '../domain/verification-code.ts';

/** What sends short messages to phones. */
export interface SmsPort {
  /**
   * Hands one message to the provider; done when that has taken it, which says nothing of the phone. Throws an
   * `SmsError`, at the latest after some seconds of silence. Called again with the same `idempotencyKey`, it may send
   * the same message twice where the provider doesn't tell doubles.
   */
  send(sms: Sms): Promise<void>;
}

/** One message that brings a code to one phone. */
export interface Sms {
  to: PhoneNumber;
  /** The message as the phone is to show it; with a code, which therefore must not be logged. */
  text: string;
  /** For providers that take no text but fill in a template which they have approved. */
  template: { purpose: VerificationPurpose; code: string };
  /** Names the thing and the step, as in `verificationId:code`. */
  idempotencyKey: string;
}

/**
 * A message was not taken. `permanent`: never will be, as it is; `transient`: try again later. Neither message nor
 * properties contain the phone or the text.
 */
export class SmsError extends Error {
  override readonly name = 'SmsError';
  readonly kind: 'permanent' | 'transient';
  constructor(kind: 'permanent' | 'transient', message: string) {
    super(message);
    this.kind = kind;
  }
}

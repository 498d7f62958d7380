/** What sends mail to users. */
export interface MailPort {
  /**
   * Hands one mail to the mail server; done when that has taken it. Throws a `MailError`.
   * Called again with the same `idempotencyKey`, because nobody knows whether the first went through, it sends the
   * same mail again under the same Message-ID, by which it can be told for a double.
   */
  send(mail: Mail): Promise<void>;
}

/** One mail in plain text to one address. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Names the thing and the step, as in `claimId:release-mail`. */
  idempotencyKey: string;
}

/**
 * A mail was not taken. `permanent`: never will be, the address is wrong or its server wants none; `transient`: try
 * again later. Neither message nor properties contain the address.
 */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly kind: 'permanent' | 'transient';
  constructor(kind: 'permanent' | 'transient', message: string) {
    super(message);
    this.kind = kind;
  }
}

import type { Sms, SmsPort } from '../../ports/sms.ts';

/** A provider whose messages tests can read, and that does what a test wants of it. */
export interface TestSms extends SmsPort {
  /** All that it was handed, oldest first, also what it didn't take. */
  readonly handed: readonly Sms[];
  /** What it does with further messages; without it, it takes them. */
  answer: (sms: Sms) => Promise<void>;
  /** The code that a phone received for a verification. Throws where it received none. */
  codeOf(about: { phone: string; verificationId: string }): string;
}

/** Makes one that takes everything. */
export function createTestSms(): TestSms {
  const handed: Sms[] = [];
  return {
    handed,
    answer: async () => undefined,
    async send(sms) {
      handed.push(sms);
      await this.answer(sms);
    },
    codeOf({ phone, verificationId }) {
      const text = handed.find(
        ({ to, idempotencyKey }) => to === phone && idempotencyKey.startsWith(verificationId),
      )?.text;
      const [code] = /\d{6}/.exec(text ?? '') ?? [];
      if (code === undefined) throw new Error('This phone received no such code');
      return code;
    },
  };
}

import type { EmailTokenKind } from '../../platform/email-token.ts';

/** The mail that brings a token, in the words that the user reads: Chinese first, then English, then the token on a line of its own. */
export function tokenMail(kind: EmailTokenKind, token: string): { subject: string; text: string } {
  const { subject, zh, en } = mails[kind];
  return { subject, text: `${zh}\n\n${en}\n\n${token}\n` };
}

const mails: Record<EmailTokenKind, { subject: string; zh: string; en: string }> = {
  verification: {
    subject: '验证邮箱 / Verify your e-mail',
    zh: '请在您填写此邮箱的地方输入下面一行的验证码，24 小时内有效。如果不是您本人操作，请忽略此邮件。',
    en: "To verify this e-mail, enter the token below where you gave it. It is good for 24 hours. If that wasn't you, ignore this mail.",
  },
  reset: {
    subject: '重置密码 / Reset your password',
    zh: '请在申请重置密码的地方输入下面一行的验证码，1 小时内有效。不要把它告诉任何人。如果不是您本人操作，请忽略此邮件，您的密码不变。',
    en: "To set a new password, enter the token below where you asked for it. It is good for an hour; show it to nobody. If that wasn't you, ignore this mail: your password stays as it is.",
  },
};

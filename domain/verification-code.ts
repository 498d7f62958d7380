import type { DurationMs } from './instant.ts';

/** What a code is asked for. One that was sent for one purpose opens nothing of another. */
export const verificationPurposes = [
  'register',
  'login',
  'reset-password',
  'change-phone',
  'recover',
] as const;

/** One of {@link verificationPurposes}. */
export type VerificationPurpose = (typeof verificationPurposes)[number];

/** How many digits a code has. A million codes and five tries: a guesser hits one in 200,000. */
export const codeDigits = 6;

/** How long a code is good for. */
export const codeLifetime: DurationMs = 5 * 60_000;

/** How often a code may be guessed at, the right one included. */
export const codeTries = 5;

const words: Record<VerificationPurpose, { zh: string; en: string }> = {
  register: { zh: '注册', en: 'sign up' },
  login: { zh: '登录', en: 'log in' },
  'reset-password': { zh: '重置密码', en: 'reset your password' },
  'change-phone': { zh: '更换手机号', en: 'change your phone' },
  recover: { zh: '找回账户', en: 'recover your account' },
};

/**
 * The message that brings a code. The code is its only group of six digits, so that phones and people find it at once;
 * the purpose stands in it, so that nobody reads out one that they didn't ask for.
 */
export function codeMessage({ code, purpose }: { code: string; purpose: VerificationPurpose }): string {
  const { zh, en } = words[purpose];
  const minutes = codeLifetime / 60_000;
  return `您的${zh}验证码 / Your code to ${en}: ${code}。${minutes}分钟内有效，切勿告知他人。Valid for ${minutes} minutes; tell it to nobody.`;
}

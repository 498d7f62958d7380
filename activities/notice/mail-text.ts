import type { NoticeKind } from '../../store/notices.ts';

/** A notice in the words that the user reads: Chinese first, English below. The phone is masked. */
export function noticeMail(kind: NoticeKind, maskedPhone: string): { subject: string; text: string } {
  const { subject, zh, en } = notices[kind];
  return { subject, text: `${zh(maskedPhone)}\n\n${en(maskedPhone)}\n` };
}

const keep = {
  zh: '您的用户、账户和余额不受影响，可用昵称或已验证的邮箱登录。',
  en: 'Your user, accounts and balance are not affected; log in by nickname or verified e-mail.',
};

const notices: Record<
  NoticeKind,
  { subject: string; zh: (phone: string) => string; en: (phone: string) => string }
> = {
  'claim-suspended': {
    subject: '登录手机已暂停 / Login phone suspended',
    zh: (phone) => `运营商通知号码 ${phone} 已销户或换人使用，该号码暂时不能用于登录。${keep.zh}`,
    en: (phone) =>
      `The carrier reported that ${phone} was cancelled or changed hands, so it can't be used to log in for now. ${keep.en}`,
  },
  'claim-restored': {
    subject: '登录手机已恢复 / Login phone restored',
    zh: (phone) => `号码 ${phone} 仍由您使用，已恢复为您的登录手机。`,
    en: (phone) => `${phone} is still yours and works as your login phone again.`,
  },
  'claim-released': {
    subject: '登录手机已解除 / Login phone removed',
    zh: (phone) => `号码 ${phone} 已不再由您使用，已从您的用户中解除。${keep.zh}`,
    en: (phone) => `${phone} is no longer yours and was removed from your user. ${keep.en}`,
  },
  'claim-left': {
    subject: '登录手机已更换或取消 / Login phone changed or removed',
    zh: (phone) => `按您的要求，号码 ${phone} 已不再是您的登录手机。如非本人操作，请立即联系客服。`,
    en: (phone) =>
      `As you asked, ${phone} is no longer your login phone. If it was not you who asked, contact support at once.`,
  },
  'claim-given-back': {
    subject: '登录手机已归还 / Login phone given back',
    zh: (phone) => `运营商更正了号码 ${phone} 的状态，它重新成为您的登录手机。`,
    en: (phone) => `The carrier corrected its report on ${phone}: it is your login phone again.`,
  },
};

/** A sentence in the two languages of the house. */
export interface TwoLanguages {
  readonly zh: string;
  readonly en: string;
}

/** What can stand on a number's timeline, in plain words for people who help its holder. */
const texts = {
  // Reported by the carrier.
  'number.cancelled': { zh: '号码已销户', en: 'The number was cancelled' },
  'number.transferred': { zh: '号码已过户给他人', en: 'The number was transferred to another person' },
  'number.reclaimed': { zh: '原用户在冻结期内要回了号码', en: 'The former holder took the number back' },
  'number.reissued': { zh: '号码已重新放号，新的使用期开始', en: 'The number was issued to a new holder' },
  'number.ported': { zh: '号码已携号转网', en: 'The number was ported to another carrier' },
  'number.suspended': { zh: '号码已停机', en: 'The line was suspended' },
  'number.restored': { zh: '号码已复机', en: 'The line was restored' },
  'binding.dissolved': { zh: '运营商解除了绑定关系', en: 'The carrier dissolved the binding' },
  'event.retracted': { zh: '运营商撤回了此前的一条通知', en: 'The carrier took an earlier report back' },

  // Done by Linekeeper.
  'claim.created': { zh: '用户将该号码设为登录手机', en: 'A user took the number as login phone' },
  'claim.withdrawn': {
    zh: '登录手机未能设成，已撤销',
    en: 'Taking the number as login phone was undone before it was complete',
  },
  'claim.suspended': { zh: '登录手机已暂停使用', en: 'The login phone was suspended' },
  'claim.restored': { zh: '登录手机已恢复使用', en: 'The login phone works again' },
  'claim.released': {
    zh: '登录手机已解除，用户与资金不受影响',
    en: 'The login phone was released; the user and the money stay as they are',
  },
  'claim.given-back': { zh: '登录手机已还给原用户', en: 'The login phone was given back to its former user' },
  'claim.moved': {
    zh: '确认为同一人，登录手机延续到新的使用期',
    en: 'The same person holds the number again, so the login phone goes on',
  },
  'email.voided': {
    zh: '号码换人后仅凭短信验证码登录验证的邮箱已作废',
    en: "An e-mail was taken away that was verified after a login by a code alone when the number may have been somebody else's",
  },
  'identity.verified': {
    zh: '运营商确认了用户提供的实名信息',
    en: "The carrier confirmed the user's identity",
  },
  'identity.refused': {
    zh: '用户提供的实名信息与运营商登记的不符，已拒绝',
    en: 'The carrier knows the number under another identity than the user declared, which was refused',
  },
  'identity.voided': {
    zh: '号码换人后仅凭短信验证码登录提供的实名信息已作废',
    en: "An identity was taken away that was given after a login by a code alone when the number may have been somebody else's",
  },
  'identity.declared': {
    zh: '用户提供了实名信息，运营商尚未确认',
    en: 'The user declared an identity that the carrier has not confirmed',
  },
  'sessions.ended': { zh: '用户的登录会话已全部结束', en: "The user's sessions were ended" },
  'password.voided': {
    zh: '号码换人后仅凭短信验证码设置的密码已作废',
    en: "A password was voided that was set by a code alone when the number may have been somebody else's",
  },
  'notice.delivered': { zh: '已通过邮件通知用户', en: 'The user was told by e-mail' },
  'notice.undeliverable': { zh: '通知邮件无法送达', en: 'The e-mail to the user could not be delivered' },
  'notice.kept-for-login': {
    zh: '用户没有已验证的邮箱，将在下次登录时告知',
    en: 'The user has no verified e-mail and will be told at the next login',
  },
  'case.opened': { zh: '已转人工处理', en: 'A support case was opened' },

  // Judged: by events, and by what the carrier answered.
  'verdict.current': {
    zh: '判定：号码仍由原用户持有',
    en: 'Judged to be with the user who claimed it still',
  },
  'verdict.recycled': {
    zh: '判定：号码已是二次号，由他人持有',
    en: 'Judged to be recycled, somebody else holds the number',
  },
  'verdict.frozen': {
    zh: '判定：号码已销户，目前无人持有',
    en: 'Judged to be cancelled, nobody holds the number',
  },
  'verdict.undecided': {
    zh: '判定：目前无法确定号码由谁持有',
    en: 'It could not be decided who holds the number',
  },

  // Decided by Linekeeper, each by the verdict that its details name.
  'login.allowed': { zh: '允许短信验证码登录', en: 'A login by SMS code was allowed' },
  'login.refused': { zh: '拒绝短信验证码登录', en: 'A login by SMS code was refused' },
  'reset.allowed': { zh: '允许通过短信验证码重置密码', en: 'A password reset by SMS code was allowed' },
  'reset.refused': { zh: '拒绝通过短信验证码重置密码', en: 'A password reset by SMS code was refused' },

  'registration.allowed': {
    zh: '允许新机主注册，原登录手机解除',
    en: 'The present holder may register; the former login phone is released',
  },
  'registration.refused': { zh: '拒绝用该号码注册', en: 'A registration with the number was refused' },
  'registration.waits': {
    zh: '注册等待运营商答复',
    en: 'A registration waits for an answer of the carrier',
  },
  'holder.confirmed': {
    zh: '凭验证码登录的用户办理变更前，确认号码仍归其持有',
    en: 'Before a change in a login by code, the number was confirmed to be with the user still',
  },
  'holder.refused': {
    zh: '未能确认号码仍归该用户持有，拒绝凭验证码登录办理变更',
    en: 'A change in a login by code was refused, for the number was not confirmed to be with the user',
  },
  'phone-change.allowed': {
    zh: '允许将登录手机更换为该号码',
    en: 'A user may change to the number as login phone',
  },
  'phone-change.refused': {
    zh: '拒绝将登录手机更换为该号码',
    en: 'A change to the number as login phone was refused',
  },
  'phone-change.waits': {
    zh: '更换登录手机等待运营商答复',
    en: 'A change to the number waits for an answer of the carrier',
  },

  // Asked of the carrier.
  'same-person.same': {
    zh: '运营商确认：现机主与原用户是同一人',
    en: 'The carrier confirmed that the same person holds the number',
  },
  'same-person.other': {
    zh: '运营商答复：现机主不是原用户',
    en: 'The carrier answered that another person holds the number',
  },
  'same-person.undecided': {
    zh: '运营商暂时无法确认现机主是谁，稍后再问',
    en: 'The carrier could not say yet who holds the number; it is asked again',
  },
  'same-person.no-capability': { zh: '该系统不支持核对机主身份', en: 'This system cannot compare persons' },
  'same-person.no-customer': {
    zh: '运营商没有该号码的机主资料',
    en: 'The carrier has no customer on record for the number',
  },
} as const satisfies Record<string, TwoLanguages>;

/** One of the codes that have a text. */
export type TimelineCode = keyof typeof texts;

/** All codes that have a text. */
export const timelineCodes: readonly TimelineCode[] = Object.keys(texts) as TimelineCode[];

/** For a code of a newer version than this one: better than nothing on a screen. */
const unknownText: TwoLanguages = { zh: '其他记录', en: 'Another record' };

/** The text of a timeline item's code. */
export function timelineText(code: string): TwoLanguages {
  const known: Readonly<Record<string, TwoLanguages>> = texts;
  return Object.hasOwn(known, code) ? (known[code] ?? unknownText) : unknownText;
}

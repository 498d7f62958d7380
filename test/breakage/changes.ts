import type { Secret } from './clear-text.ts';
import { createPeople } from './people.ts';
import type { Answer, Site, SiteCall } from './site.ts';
import type { Tenant } from './tenancies.ts';

/**
 * Has a user take another identity, nickname, e-mail, password and phone, each in the way that people have for it. Gives
 * all that was told on the way and must be found nowhere. Throws where something is refused.
 */
export async function changeEverything(
  site: Site,
  { userId, person, password }: Pick<Tenant, 'userId' | 'person' | 'password'>,
): Promise<Secret[]> {
  const [other] = createPeople({ count: 1, firstNumber: 74_000_000 });
  if (!other) throw new Error('nobody is there');
  const { phone, nickname, email, password: newPassword } = other;
  const done = async (call: SiteCall): Promise<Answer> => {
    const answer = await site.call(call);
    if (answer.status > 204) throw new Error(`${call.path}: ${answer.status} ${answer.body.code}`);
    return answer;
  };
  const login = (name: string, word: string) =>
    done({ path: '/v1/sessions', body: { login: name, password: word } });
  const of = `/v1/users/${userId}`;

  const { body } = await login(person.nickname, password);
  const session = body.sessionToken ?? '';
  await done({ method: 'PUT', path: `${of}/nickname`, session, body: { nickname } });
  await done({ method: 'PUT', path: `${of}/email`, session, body: { email } });
  const token = await site.tokenMailedTo(email);
  await done({ path: '/v1/email-verifications', body: { token } });
  await done({ path: '/v1/password-resets', body: { email } });
  const resetToken = await site.tokenMailedTo(email, [token]);
  await done({ path: '/v1/password-resets', body: { resetToken, newPassword } });

  const again = await login(email, newPassword);
  const fresh = again.body.sessionToken ?? '';
  const proof = await site.codeFor(phone, 'change-phone');
  await done({ method: 'PUT', path: `${of}/phone`, session: fresh, body: { phone, ...proof } });
  return [
    { what: 'phone', value: phone.slice(3) },
    { what: 'nickname', value: nickname },
    { what: 'e-mail', value: email },
    { what: 'new password', value: newPassword },
    { what: 'mailed token', value: token },
    { what: 'mailed token', value: resetToken },
    { what: 'code', value: `"${proof.code}"` },
    { what: 'code in a text', value: `: ${proof.code}` },
    ...[session, fresh].map((value) => ({ what: 'session', value: value.split('.')[1] ?? value })),
  ];
}

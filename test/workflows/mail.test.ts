import { createLostMailActivities } from '../../activities/mail/lost-mails.ts';
import type { Email } from '../../domain/handle.ts';
import type { EmailTokenId } from '../../domain/ids.ts';
import { emailTokenOf, newEmailTokenId } from '../../platform/email-token.ts';
import { mailWorkflowId } from '../../workflows/mail/contract.ts';
import { testHasher } from '../store/open-store.ts';
import { type Household, openHousehold } from './household.ts';

let house: Household;
beforeAll(async () => {
  house = await openHousehold();
}, 60_000);
afterAll(() => house.close());
beforeEach(() => {
  Object.assign(house.mailbox, { refuses: false, away: false });
});

/** A reset token that is owed to a user's verified e-mail. */
async function owed(): Promise<{ tokenId: EmailTokenId; email: string }> {
  const { userId } = await house.holdNumber();
  const email = (await house.store.users.find(userId))?.email ?? '';
  await house.store.handles.reserve({ kind: 'email', normalised: email, userId });
  const tokenId = newEmailTokenId();
  await house.store.emailTokens.issue({
    tokenId,
    kind: 'reset',
    email: email as Email,
    userId: null,
    epoch: null,
    byCode: null,
    issuedAt: await house.now(),
    correlator: 'test',
  });
  return { tokenId, email };
}

const deliver = ({ tokenId }: { tokenId: EmailTokenId }) =>
  house.messenger.deliverMail({ tokenId, correlator: 'test' });
/** Skips time until the workflow of a mail has ended. */
const ended = ({ tokenId }: { tokenId: EmailTokenId }) =>
  house.environment.client.workflow.getHandle(mailWorkflowId(tokenId)).result();
const textsTo = (email: string) => house.mails.filter(({ to }) => to === email).map(({ text }) => text);

describe('deliverMail', () => {
  it('a token that is owed → sent once to its user, also when it is started again', async () => {
    const mail = await owed();
    await deliver(mail);
    await ended(mail);
    await deliver(mail);
    await ended(mail);
    const token = emailTokenOf(testHasher, { kind: 'reset', tokenId: mail.tokenId });
    expect(textsTo(mail.email)).toEqual([expect.stringContaining(`\n${token}\n`)]);
    expect(await house.store.emailTokens.find(mail.tokenId)).toMatchObject({ mail: 'sent' });
  });

  it('the mail server is away and comes back → sent', async () => {
    const mail = await owed();
    house.mailbox.away = true;
    await deliver(mail);
    await house.environment.sleep('5 s');
    expect(textsTo(mail.email)).toEqual([]);
    house.mailbox.away = false;
    await ended(mail);
    expect(textsTo(mail.email)).toHaveLength(1);
  });

  it('the mail server is away for longer than the token is good → no mail, and the workflow ends', async () => {
    const mail = await owed();
    house.mailbox.away = true;
    await deliver(mail);
    await ended(mail);
    expect(textsTo(mail.email)).toEqual([]);
  });

  it('refused for good → not tried again', async () => {
    const mail = await owed();
    house.mailbox.refuses = true;
    await deliver(mail);
    await ended(mail);
    expect(await house.store.emailTokens.find(mail.tokenId)).toMatchObject({ mail: 'dropped' });
  });

  it('its workflow lost → started by the sweep after a minute, and sent once', async () => {
    const mail = await owed();
    const { resumeOwedMails } = createLostMailActivities(house);
    const { issuedAt = 0 } = (await house.store.emailTokens.find(mail.tokenId)) ?? {};
    await resumeOwedMails({ now: issuedAt + 30_000 });
    expect(textsTo(mail.email)).toEqual([]);
    await resumeOwedMails({ now: issuedAt + 61_000 });
    await resumeOwedMails({ now: issuedAt + 62_000 });
    await ended(mail);
    expect(textsTo(mail.email)).toHaveLength(1);
  });

  it('its history → neither the address nor the token', async () => {
    const mail = await owed();
    await deliver(mail);
    await ended(mail);
    const handle = house.client.workflow.getHandle(mailWorkflowId(mail.tokenId));
    const { events } = await handle.fetchHistory();
    const texts = JSON.stringify(events, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    const token = emailTokenOf(testHasher, { kind: 'reset', tokenId: mail.tokenId });
    expect(texts).toContain('deliverMail');
    expect(texts).not.toContain(mail.email);
    expect(texts).not.toContain(token.slice(22));
  });
});

describe('tidyHandles', () => {
  it('tokens a day after their end → removed, others stay', async () => {
    const mail = await owed();
    const { expiresAt = 0 } = (await house.store.emailTokens.find(mail.tokenId)) ?? {};
    const { tidyHandles } = createLostMailActivities(house);
    await tidyHandles({ now: expiresAt + 24 * 3_600_000 });
    expect(await house.store.emailTokens.find(mail.tokenId)).not.toBeNull();
    await tidyHandles({ now: expiresAt + 24 * 3_600_000 + 1 });
    expect(await house.store.emailTokens.find(mail.tokenId)).toBeNull();
  });
});

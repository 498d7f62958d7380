import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { Email } from '../domain/handle.ts';
import type { EmailTokenId, UserId } from '../domain/ids.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { EmailTokenKind } from '../platform/email-token.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { modelOf } from './schema.ts';
import type { PasswordOrigin } from './user-doc.ts';

/**
 * How long a token is good for. Somebody who registers reads mail within a day; a reset waits in front of the mail box,
 * and whoever finds the mail later must not use it (OWASP Forgot Password Cheat Sheet: “expire after an appropriate period”).
 */
const goodFor: Record<EmailTokenKind, DurationMs> = { verification: 24 * 3_600_000, reset: 3_600_000 };

/** What became of a token's mail: `dropped` where nobody is to have it, or nobody takes it. */
type MailStatus = 'owed' | 'sent' | 'dropped';

/** A token that goes to an e-mail address. The token itself is kept nowhere: see `platform/email-token.ts`. */
export interface EmailToken {
  tokenId: EmailTokenId;
  kind: EmailTokenKind;
  /** Where it goes: as somebody wrote it, verified or not. */
  email: Email;
  /** Who may use it. Of a reset nobody until its mail is made: that somebody asked tells nothing of who there is. */
  userId: UserId | null;
  /** Of a verification: the epoch that its user must still be in; null where any will do. */
  epoch: number | null;
  /** Of a verification: the login by a code of the phone in which it was asked for; null for any other login. */
  byCode: PasswordOrigin | null;
  issuedAt: Instant;
  expiresAt: Instant;
  mail: MailStatus;
  /** Of a reset: names the password that it is to replace; once that is another, the token is void. */
  passwordMark: string | null;
  /** The request that used it; the same one, made again after a crash, may again. */
  usedBy: string | null;
  /** `x-correlator` of the request that it was issued for. */
  correlator: string;
}

interface EmailTokenDoc extends Omit<EmailToken, 'tokenId' | 'email'> {
  _id: string;
  /** Sealed. */
  email: string;
}

/** Tokens that go to e-mail addresses, by their id; each is also the errand of one mail. */
export function createEmailTokens({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<EmailTokenDoc>(connection, {
    name: 'emailTokens',
    fields: {
      kind: { type: String, required: true },
      email: { type: String, required: true },
      userId: { type: String, default: null },
      epoch: { type: Number, default: null },
      byCode: { type: Schema.Types.Mixed, default: null },
      issuedAt: { type: Number, required: true },
      expiresAt: { type: Number, required: true },
      mail: { type: String, required: true },
      passwordMark: { type: String, default: null },
      usedBy: { type: String, default: null },
      correlator: { type: String, default: '' },
    },
    indexes: [
      { serves: 'sweep_mails_still_owed', keys: { mail: 1, issuedAt: 1 } },
      { serves: 'sweep_tokens_past_their_time', keys: { expiresAt: 1 } },
    ],
  });

  const open = ({ _id, email, ...rest }: EmailTokenDoc): EmailToken => ({
    ...rest,
    tokenId: _id as EmailTokenId,
    email: cipher.decrypt(email, 'email-token.email') as Email,
  });

  return {
    model,

    /** Writes a new token, whose mail is owed from now on. */
    async issue({
      tokenId,
      email,
      ...rest
    }: Omit<EmailToken, 'expiresAt' | 'mail' | 'usedBy' | 'passwordMark'>): Promise<void> {
      await model.create({
        ...rest,
        _id: tokenId as string,
        email: cipher.encrypt(email, 'email-token.email'),
        expiresAt: rest.issuedAt + goodFor[rest.kind],
        mail: 'owed',
        passwordMark: null,
        usedBy: null,
      });
    },

    async find(tokenId: EmailTokenId): Promise<EmailToken | null> {
      const doc = await model.findById(tokenId).lean<EmailTokenDoc>();
      return doc && open(doc);
    },

    /** Says whose a token is that nobody has yet, and which password it replaces. */
    async address({
      tokenId,
      userId,
      passwordMark,
    }: {
      tokenId: EmailTokenId;
      userId: UserId;
      passwordMark: string;
    }): Promise<void> {
      await model.updateOne({ _id: tokenId as string, userId: null }, { $set: { userId, passwordMark } });
    },

    /** Settles a mail that is still owed. */
    async settleMail({
      tokenId,
      mail,
    }: {
      tokenId: EmailTokenId;
      mail: Exclude<MailStatus, 'owed'>;
    }): Promise<void> {
      await model.updateOne({ _id: tokenId as string, mail: 'owed' }, { $set: { mail } });
    },

    /** Uses a token up, in one write. True for the one request that does, and for the same one again. */
    async use({ tokenId, by, now }: { tokenId: EmailTokenId; by: string; now: Instant }): Promise<boolean> {
      const used = await model.findOneAndUpdate(
        { _id: tokenId as string, usedBy: { $in: [null, by] }, expiresAt: { $gt: now } },
        { $set: { usedBy: by } },
        { projection: { _id: 1 } },
      );
      return used !== null;
    },

    /** The tokens whose mails are owed since before an instant: their sending was lost on the way. */
    async owedSince({
      before,
      limit,
    }: {
      before: Instant;
      limit: number;
    }): Promise<Pick<EmailToken, 'tokenId' | 'correlator'>[]> {
      const docs = await model
        .find({ mail: 'owed', issuedAt: { $lt: before } }, { correlator: 1 })
        .sort({ issuedAt: 1 })
        .limit(limit)
        .lean<Pick<EmailTokenDoc, '_id' | 'correlator'>[]>();
      return docs.map(({ _id, correlator }) => ({ tokenId: _id as EmailTokenId, correlator }));
    },

    /** Removes the tokens that expired before an instant. Tells how many. */
    async deleteExpired(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: { $lt: before } });
      return deletedCount;
    },
  };
}

/** Whether a token may be used by a request now, as far as can be told without using it. */
export const isUsable = (
  { expiresAt, usedBy }: Pick<EmailToken, 'expiresAt' | 'usedBy'>,
  { by, now }: { by: string; now: Instant },
): boolean => expiresAt > now && (usedBy === null || usedBy === by);

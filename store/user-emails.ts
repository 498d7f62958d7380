import type { Model } from 'mongoose';
import type { Email } from '../domain/handle.ts';
import type { ClaimId, EmailTokenId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import type { EmailOrigin, HandleChange, UserDoc } from './user-doc.ts';
import { type OpenChange, openedChange } from './user-names.ts';

/** How often one is begun anew when another write comes between its read and its write. */
const attempts = 5;

/** The writes to a user's e-mail: each one conditional write on the user's document. */
export function userEmails({ model, cipher }: { model: Model<UserDoc>; cipher: FieldCipher }) {
  const seal = (text: string): string => cipher.encrypt(text, 'user.email');
  const unseal = (text: string): string => cipher.decrypt(text, 'user.email');
  const openChange = (userId: UserId, change: HandleChange) => openedChange(cipher, userId, change);

  return {
    /**
     * Notes which e-mail an open user wants, in that epoch if one is named: a user without a verified one shows it, and
     * the token that is named verifies it; no earlier one does any more. False where the epoch is over.
     */
    async askEmail({
      userId,
      epoch,
      tokenId,
      email,
    }: {
      userId: UserId;
      epoch: number | null;
      tokenId: EmailTokenId;
      email: Email;
    }): Promise<boolean> {
      const inEpoch = epoch === null ? {} : { epoch };
      const _id = userId as string;
      const shown = await model.findOneAndUpdate(
        { _id, status: 'open', emailVerified: false, ...inEpoch },
        { $set: { email: seal(email), emailAsked: tokenId } },
        { projection: { _id: 1 } },
      );
      if (shown) return true;
      const kept = await model.findOneAndUpdate(
        { _id, status: 'open', emailVerified: true, ...inEpoch },
        { $set: { emailAsked: tokenId } },
        { projection: { _id: 1 } },
      );
      return kept !== null;
    },

    /**
     * Makes an e-mail its user's verified one, where the change wasn't taken over, the token is that of the e-mail which
     * was given last, and the user is still in the epoch, if one is named. `origin`: what it rests on, opened, where that
     * is a code of the phone alone.
     */
    async setEmail({
      userId,
      changeId,
      to,
      tokenId,
      epoch,
      origin,
    }: Pick<OpenChange, 'userId' | 'changeId' | 'to'> & {
      tokenId: EmailTokenId;
      epoch: number | null;
      origin: EmailOrigin | null;
    }): Promise<boolean> {
      const written = await model.findOneAndUpdate(
        {
          _id: userId as string,
          status: 'open',
          'handleChange.changeId': changeId,
          emailAsked: tokenId,
          ...(epoch === null ? {} : { epoch }),
        },
        {
          $set: {
            email: seal(to),
            emailVerified: true,
            emailAsked: null,
            emailOrigin: origin && { ...origin, former: origin.former && seal(origin.former) },
          },
        },
        { projection: { _id: 1 } },
      );
      return written !== null;
    },

    /**
     * Takes away an e-mail that somebody verified on nothing but a code of a claim's phone, at or after an instant, and
     * shows the one before instead, unverified until its handle is the user's again; that is the change which begins.
     * Gives the one that is under way where there is one; null where there is no such e-mail.
     */
    async beginVoiding({
      userId,
      changeId,
      claimId,
      since,
      at,
    }: {
      userId: UserId;
      changeId: string;
      claimId: ClaimId;
      since: Instant;
      at: Instant;
    }): Promise<{ begun: boolean; change: OpenChange; former: string | null } | null> {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const doc = await model.findById(userId).lean<UserDoc>();
        const origin = doc?.emailOrigin;
        if (!doc?.email || origin?.claimId !== claimId || origin.at < since) return null;
        const former = origin.former && unseal(origin.former);
        if (doc.handleChange) return { begun: false, change: openChange(userId, doc.handleChange), former };
        const change: HandleChange = {
          changeId,
          kind: 'email',
          to: origin.former === null ? doc.email : seal(former ?? ''),
          from: doc.email,
          at,
        };
        const begun = await model.findOneAndUpdate(
          { _id: userId as string, handleChange: null, email: doc.email, 'emailOrigin.claimId': claimId },
          {
            $set: {
              email: former && seal(former),
              emailVerified: false,
              emailOrigin: null,
              emailAsked: null,
              handleChange: change,
            },
          },
          { projection: { _id: 1 } },
        );
        if (begun) return { begun: true, change: openChange(userId, change), former };
      }
      throw new Error('An e-mail could not be voided: the user is being written without a pause');
    },

    /** Makes the e-mail that is shown a verified one again, once its handle is the user's, where the change wasn't taken over. */
    async restoreEmail({ userId, changeId }: Pick<OpenChange, 'userId' | 'changeId'>): Promise<void> {
      await model.updateOne(
        { _id: userId as string, 'handleChange.changeId': changeId },
        { $set: { emailVerified: true } },
      );
    },
  };
}

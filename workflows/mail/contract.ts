import type { EmailTokenId } from '../../domain/ids.ts';

/** The workflow type's name, for clients that don't load its code. */
export const mailWorkflow = 'deliverMail';

/** One workflow per mail: its id names the token that it brings, of which it is the half that proves nothing. */
export const mailWorkflowId = (tokenId: EmailTokenId): string => `mail:${tokenId}`;

/** A mail that is owed; its words, its token and its address are made where it is sent. */
export interface MailInput {
  readonly tokenId: EmailTokenId;
  readonly correlator: string;
}

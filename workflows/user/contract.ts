import type { UserId } from '../../domain/ids.ts';

/** What changes a user's login phone runs under this id, so that one thing at a time does. */
export const userWorkflowId = (userId: UserId): string => `user:${userId}`;

/**
 * The memo that tells what runs for a user: {@link closingMemo}, or the id of a change of phone. By it whoever asks for
 * the same again knows that it is under way.
 */
export const userChangeMemo = 'change';
/** The memo of a closing. */
export const closingMemo = 'closing';

/** The workflow type's name, for clients that don't load its code. */
export const closeUserWorkflow = 'closeUser';

/** A closing that was asked for; it stands in the store under the user's id. */
export interface CloseUserInput {
  readonly userId: UserId;
  /** `x-correlator` of the call. */
  readonly correlator: string;
}

/** The workflow type's name. */
export const changePhoneWorkflow = 'changePhone';

/** A change of phone whose request is written down under its id. */
export interface ChangePhoneInput {
  readonly changeId: string;
  readonly userId: UserId;
  /** `x-correlator` of the call. */
  readonly correlator: string;
}

import type { RegistrationId } from '../../domain/ids.ts';

/** The workflow type's name, for clients that don't load its code. */
export const registrationWorkflow = 'registerOnVerdict';

/** One workflow per registration that needs a verdict. */
export const registrationWorkflowId = (registrationId: RegistrationId): string =>
  `registration:${registrationId}`;

/** A registration whose request is written down; who registers and where is in the store. */
export interface RegistrationInput {
  readonly registrationId: RegistrationId;
  /** `x-correlator` of the call that brought it. */
  readonly correlator: string;
}

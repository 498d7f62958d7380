import type { Progress } from '../../activities/import/import.ts';
import type { ImportId } from '../../domain/ids.ts';

/** The workflow type's name, for clients that don't load its code. */
export const importWorkflow = 'importUsers';

/** One workflow per import. */
export const importWorkflowId = (importId: ImportId): string => `import:${importId}`;

/** Starts an import that was received whole. Its lines are in the store; no personal data is in here. */
export interface ImportUsersInput {
  readonly importId: ImportId;
  /** `x-correlator` of the call that brought it. */
  readonly correlator: string;
  /** How far a run before this one came; absent at the start. */
  readonly progress?: Progress;
}

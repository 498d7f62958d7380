/** The workflow type's name, for clients that don't load its code. */
export const noticeWorkflow = 'deliverNotice';

/** One workflow per notice: its id names the step that it tells of. */
export const noticeWorkflowId = (noticeId: string): string => `notice:${noticeId}`;

/** A notice that is owed; what it says and to whom is in the store. */
export interface NoticeInput {
  readonly noticeId: string;
  readonly correlator: string;
}

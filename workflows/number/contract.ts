import type { NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';

/** The workflow type's name, for clients that don't load its code. */
export const numberLifeWorkflow = 'numberLife';

/** One workflow per number whose life asks for something; it recurs under this id in the number's next life. */
export const numberLifeWorkflowId = (numberKey: NumberKey): string => `number:${numberKey}`;

/** Starts, or goes on with, the life of one number. */
export interface NumberLifeInput {
  readonly numberKey: NumberKey;
  /** `x-correlator` of what led here. */
  readonly correlator: string;
}

/** Signal: the number's history or claim changed, look again. It carries no facts: those are in the store. */
export const historyChangedSignal = 'historyChanged';

/** Query: what the workflow knows and what it waits for. */
export const numberLifeQuery = 'life';

/** The answer to {@link numberLifeQuery}. */
export interface NumberLifeView {
  readonly state: string;
  readonly freezeEndsAt: Instant | null;
  /** When it looks again by itself. */
  readonly nextAt: Instant | null;
  /** What it did in this run, oldest first. */
  readonly done: readonly { readonly at: Instant; readonly what: string }[];
}

/** The workflow type's name. */
export const sweepWorkflow = 'sweep';
/** The schedule that runs it, one per namespace. */
export const sweepScheduleId = 'sweep';

/** The task queue of our own: all workflows, and the steps that touch nothing but our store and mail. */
export const mainTaskQueue = 'linekeeper';

/** The task queue of one province system: its rate limit, and its slowness, stay its own. */
export const carrierTaskQueue = ({ province, system }: { province: string; system: string }): string =>
  `carrier:${province}/${system}`;

import { setTimeout } from 'node:timers/promises';

/** Long enough for a crowded machine; a test that comes here fails. */
const patience = 20_000;

/** Asks until something is so, which others bring about. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`It never came about that ${what}`);
    await setTimeout(20);
  }
}

import { join } from 'node:path';
import { runStack } from '../../../dev/stack/run.ts';
import { settingsFrom } from '../../../dev/stack/settings.ts';

// `npm start` with stand-ins for the programs that are tested elsewhere.
await runStack({
  ...settingsFrom(process.env),
  programs: { api: join(import.meta.dirname, 'api.ts'), worker: join(import.meta.dirname, 'worker.ts') },
});

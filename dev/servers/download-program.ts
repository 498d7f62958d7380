import { TestWorkflowEnvironment } from '@temporalio/testing';
import { MongoBinary } from 'mongodb-memory-server-core';

// Run by `download.ts` as a process of its own: node download-program.ts <what> <version> <folder>

async function main([what, version, folder]: string[]): Promise<void> {
  if (version === undefined || folder === undefined) throw new Error('usage: <what> <version> <folder>');
  const executable = { type: 'cached-download', downloadDir: folder, version: `v${version}` } as const;
  switch (what) {
    // The library downloads only to start: it is started once and stopped again.
    case 'dev-server':
      return (await TestWorkflowEnvironment.createLocal({ server: { executable } })).teardown();
    case 'time-skipping':
      return (await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })).teardown();
    case 'mongod':
      await MongoBinary.getPath({ version, downloadDir: folder });
      return;
    default:
      throw new Error(`nothing is known about ${what}`);
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

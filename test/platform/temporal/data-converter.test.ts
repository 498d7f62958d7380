import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import {
  decodeFailure,
  encodeFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto from '@temporalio/proto';
import { createDataConverter, failureConverterPath } from '../../../platform/temporal/data-converter.ts';

const ring = { current: 'p1', keys: { p1: Buffer.alloc(32, 1) } };

describe('createDataConverter', () => {
  it('loaded as the SDK does, by path → a failure whose message, stack and details nobody reads', async () => {
    const { failureConverter, payloadConverter, payloadCodecs } = loadDataConverter(
      createDataConverter(ring),
    );
    const error = ApplicationFailure.create({
      message: 'No claim of +8613800138000',
      details: [{ name: '张伟' }],
      cause: new Error('13800138000 is free'),
    });
    const failure = failureConverter.errorToFailure(error, payloadConverter);
    const sent = await encodeFailure(payloadCodecs, failure);
    const wire = Buffer.from(proto.temporal.api.failure.v1.Failure.encode(sent).finish()).toString();
    expect(wire).toContain('Encoded failure');
    expect(wire).not.toMatch(/13800138000|张伟|data-converter\.test/);

    const read = failureConverter.failureToError(await decodeFailure(payloadCodecs, sent), payloadConverter);
    expect(read).toMatchObject({
      message: 'No claim of +8613800138000',
      details: [{ name: '张伟' }],
      cause: { message: '13800138000 is free' },
    });
  });

  it('loaded by Node itself, which takes TypeScript as it is → the same converter, without a warning', () => {
    const module = join(__dirname, '../../../platform/temporal/data-converter.ts');
    const script = `import { createRequire } from 'node:module';
      import { createDataConverter } from ${JSON.stringify(module)};
      const { loadDataConverter } = createRequire(${JSON.stringify(module)})('@temporalio/common/lib/internal-non-workflow');
      const converter = createDataConverter({ current: 'p1', keys: { p1: Buffer.alloc(32) } });
      console.log(JSON.stringify(loadDataConverter(converter).failureConverter.options));`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({ encodeCommonAttributes: true });
  });
});

describe('failureConverterPath', () => {
  it('given to a bundler → names the file', () => {
    expect(failureConverterPath).toMatch(/platform.temporal.failure-converter\.ts$/);
    expect(existsSync(failureConverterPath)).toBe(true);
  });
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runWithCorrelator } from '../../platform/correlator.ts';
import { createLogger } from '../../platform/logger.ts';

function recorded(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ name: 'api', level, destination }) };
}

/** The only line logged, read as JSON. */
function onlyLine(lines: string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

describe('createLogger', () => {
  it('a message → one JSON line with service, level as a word, UTC time', () => {
    const { lines, logger } = recorded();
    logger.info({ numberKey: 'n1_abc' }, 'Number frozen');
    logger.debug('too fine');
    const line = onlyLine(lines);
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: 'api',
      numberKey: 'n1_abc',
      msg: 'Number frozen',
    });
    expect(lines[0]).toMatch(/\n$/);
  });

  it('within a request → its correlator, in child loggers too', () => {
    const { lines, logger } = recorded();
    runWithCorrelator('c-1', () => logger.child({ route: '/v1/users/{id}' }).info('Handled'));
    expect(onlyLine(lines)).toMatchObject({ correlator: 'c-1', route: '/v1/users/{id}' });
  });

  it('an error that quotes personal data, in message, stack, cause and properties → none of it in the line', () => {
    const { lines, logger } = recorded();
    const cause = Object.assign(new Error('E11000 dup key: { email: "wei@mail.example" }'), {
      code: 11000,
      keyValue: { name: '张伟' },
    });
    const error = new Error('No claim of +8613800138000 (11010519491231002X)', { cause });
    logger.error({ err: error }, `Failed for ${error.message}`);
    expect(lines.join()).not.toMatch(/13800138000|11010519491231002X|wei@mail|张伟/);
    expect(onlyLine(lines)).toMatchObject({
      msg: 'Failed for No claim of [phone] ([idNumber])',
      err: {
        type: 'Error',
        message: 'No claim of [phone] ([idNumber])',
        stack: expect.stringContaining('logger.test'),
        cause: { type: 'Error', code: 11000, message: 'E11000 dup key: { email: "[email]" }' },
      },
    });
  });

  it('errors gathered in one → each described', () => {
    const { lines, logger } = recorded();
    logger.error(new AggregateError([new Error('one'), 'two 13800138000'], 'both'));
    expect(onlyLine(lines)).toMatchObject({
      err: { message: 'both', errors: [{ message: 'one' }, 'two [phone]'] },
    });
  });

  it('an error that is its own cause → logged without end', () => {
    const { lines, logger } = recorded();
    const error = new Error('circle');
    error.cause = error;
    logger.error({ error }, 'x');
    expect(onlyLine(lines)).toMatchObject({ error: { cause: { cause: { message: 'circle' } } } });
  });

  it('fields that a person typed, also bound to a child → removed', () => {
    const { lines, logger } = recorded();
    logger.child({ phone: 'x', user: { name: '张伟' } }).info({ body: { password: 'hunter2' } }, 'Received');
    expect(lines.join()).not.toMatch(/"x"|张伟|hunter2/);
    expect(onlyLine(lines)).toMatchObject({ msg: 'Received', body: { password: '[removed]' } });
  });

  it('no destination → redacted lines on stdout', () => {
    const module = join(__dirname, '../../platform/logger.ts');
    const script = `import { createLogger } from ${JSON.stringify(module)};
      createLogger({ name: 'worker', level: 'info' }).info('for 13800138000');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ service: 'worker', msg: 'for [phone]' });
  });
});

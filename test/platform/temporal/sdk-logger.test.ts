import { createLogger } from '../../../platform/logger.ts';
import { createSdkLogger } from '../../../platform/temporal/sdk-logger.ts';

function recorded() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, sdk: createSdkLogger(createLogger({ name: 'worker', level: 'info', destination })) };
}

describe('createSdkLogger', () => {
  it('a failed workflow reported by the SDK → our line, its level, nothing personal in it', () => {
    const { lines, sdk } = recorded();
    sdk.log('WARN', 'Workflow failed', {
      workflowId: 'number:n1_x',
      error: new Error('No claim of 13800138000'),
    });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      service: 'worker',
      component: 'temporal-sdk',
      workflowId: 'number:n1_x',
      error: { message: 'No claim of [phone]' },
      msg: 'Workflow failed',
    });
  });

  it('each way to log → its level, and too fine ones not at all', () => {
    const { lines, sdk } = recorded();
    sdk.trace('a');
    sdk.debug('b');
    sdk.info('c');
    sdk.warn('d');
    sdk.error('e');
    sdk.log('DEBUG', 'f');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'warn', 'error']);
  });
});

import { reasonIn } from '../../dev/servers/log-reason.ts';
import { firstThatWorks, NothingWorked } from '../../dev/servers/ways.ts';

describe('the ways to a server', () => {
  const works = (result: string) => ({ how: result, find: () => Promise.resolve(result) });
  const fails = (how: string, reason: string) => ({ how, find: () => Promise.reject(new Error(reason)) });

  it('several work → the first is taken and the later ones are not tried', async () => {
    const never = { how: 'never', find: jest.fn() };

    const found = await firstThatWorks({
      what: 'It',
      ways: [fails('the PATH', 'not there'), works('the cache'), never],
      advice: '',
    });

    expect(found).toBe('the cache');
    expect(never.find).not.toHaveBeenCalled();
  });

  it('none works → one message with what was tried, why it failed and what helps', async () => {
    const trial = firstThatWorks({
      what: 'The store',
      ways: [fails('mongod on the PATH', 'not there'), fails('Maven Central', 'no mvn on the PATH')],
      advice: 'install MongoDB',
    });

    await expect(trial).rejects.toThrow(NothingWorked);
    await expect(trial).rejects.toThrow(
      'The store could not be had. Tried:\n  - mongod on the PATH: not there\n  - Maven Central: no mvn on the PATH\nWhat helps: install MongoDB',
    );
  });
});

describe('the reason in a log', () => {
  it.each([
    [
      'a crash of Node → the line with the error',
      'file:///a.ts:1\nTypeError: x is not a function\n    at a.ts:1\n\nNode.js v24.0.0',
      'TypeError: x is not a function',
    ],
    [
      'pino → the last error with its cause',
      '{"level":30,"msg":"listening"}\n{"level":60,"msg":"start failed","err":{"message":"no registry"}}\n{"level":30,"msg":"bye"}',
      'start failed: no registry',
    ],
    ['nothing like an error → the last line', 'one\ntwo\n', 'two'],
    ['an empty log → says so', '', 'it wrote nothing'],
  ])('%s', (_situation, log, expected) => {
    expect(reasonIn(log)).toBe(expected);
  });
});

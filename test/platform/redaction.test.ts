import { maskText, redactLine } from '../../platform/redaction.ts';

describe('maskText', () => {
  it.each([
    ['call +8613800138000 now', 'call [phone] now'],
    ['+86 138 0013 8000', '[phone]'],
    ['008613800138000', '[phone]'],
    ['%2B8613800138000', '[phone]'],
    ['8613800138000', '[phone]'],
    ['13800138000,13900139000', '[phone],[phone]'],
    ['tel13800138000x', 'tel[phone]x'],
    ['138-0013-8000', '[phone]'],
    ['+862885551234', '[phone]'],
    ['010-12345678', '[phone]'],
    ['ID 11010519491231002X.', 'ID [idNumber].'],
    ['id=11010519491231002x', 'id=[idNumber]'],
    ['440524188001010014', '[idNumber]'],
    ['证件号11010519491231002X与id440524188001010014', '证件号[idNumber]与id[idNumber]'],
    ['mail zhang.wei+pay@mail.example.com!', 'mail [email]!'],
    ['13800138000@qq.com', '[email]'],
    ['张伟@例子.中国', '[email]'],
    ['a%40b.example', '[email]'],
    ['mongodb://keeper:hunter2@127.0.0.1:27017/x', 'mongodb://[credentials]@127.0.0.1:27017/x'],
    [
      'body {"idNumber": "A1", "name":"张伟", "at": "1"}',
      'body {"idNumber": "[removed]", "name":"[removed]", "at": "1"}',
    ],
  ])('%s → %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    '1764000000000',
    '2026-11-24T01:50:00.123Z',
    'b4333c46-49c0-4f62-80d7-13800138000a',
    'a13800138000bcdea13800138000bcde',
    '0123456789abc13800138000',
    'n1_C9zXh0k3mJm1q0V7c4Jr2o1sY7b1n5w4z2x8y6t0u9A',
    'at run (/srv/node_modules/mongoose@9.12.1/lib/index.js:12:34)',
    '/node_modules/@temporalio/worker/lib/worker.js',
    'connect ECONNREFUSED 127.0.0.1:27017',
    '12345678901234567890',
    'port 3000, 1380013800 and 138001380001',
  ])('harmless %s → unchanged', (text) => {
    expect(maskText(text)).toBe(text);
  });

  it('a line of 300,000 characters without any form → unchanged', () => {
    const text = 'abcdefghij.'.repeat(30_000);
    expect(maskText(text)).toBe(text);
  });
});

describe('redactLine', () => {
  it('nothing personal → the very same line', () => {
    const line = '{"level":"info","correlator":"b4333c46-49c0-4f62-80d7-13800138000a","msg":"Started"}\n';
    expect(redactLine(line)).toBe(line);
  });

  it('private properties in any case, at any depth → removed, the rest stays', () => {
    const line = JSON.stringify({
      a: [{ idNumber: 'x', user: { Name: '张伟', id: 'u1' } }],
      ID_NUMBER: 1,
      new_password: 'hunter2',
      headers: { Authorization: 'Bearer x', 'set-cookie': ['y'], 'x-correlator': 'c' },
      identity: { name: '张伟' },
      filename: 'a.yaml',
    });
    expect(JSON.parse(redactLine(line))).toEqual({
      a: [{ idNumber: '[removed]', user: { Name: '[removed]', id: 'u1' } }],
      ID_NUMBER: '[removed]',
      new_password: '[removed]',
      headers: { Authorization: '[removed]', 'set-cookie': '[removed]', 'x-correlator': 'c' },
      identity: '[removed]',
      filename: 'a.yaml',
    });
  });

  it('a number as number and as property name → masked, and the line still is JSON', () => {
    const line = '{"count":2,"value":13800138000,"13900139000":true}\n';
    expect(redactLine(line)).toBe('{"count":2,"value":"[phone]","[phone]":true}\n');
  });

  it('personal data after an escape → masked', () => {
    expect(redactLine('{"msg":"line\\n13800138000\\tname@mail.example\\""}')).toBe(
      '{"msg":"line\\n[phone]\\t[email]\\""}',
    );
  });

  it('a broken line that holds something → dropped, not passed on', () => {
    const line = redactLine('{"msg":"13800138000\n');
    expect(line).not.toContain('13800138000');
    expect(JSON.parse(line)).toMatchObject({ level: 'error' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeys, currentKey, findKey, KeysError, loadKeys } from '../../platform/keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function written(content: unknown): string {
  const path = join(folder, 'keys.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function failureOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error('Nothing was thrown');
}

describe('loadKeys', () => {
  it('fresh keys written as JSON → the same bytes by their ids', () => {
    const made = createKeys();
    const loaded = loadKeys(written(made));
    for (const purpose of ['fields', 'payloads', 'numbers', 'logs'] as const) {
      const { id, key } = currentKey(loaded[purpose]);
      expect(key).toHaveLength(32);
      expect(key.toString('base64')).toBe(made[purpose].keys[id]);
    }
  });

  it('several faults → one error that lists them all', () => {
    const made = createKeys();
    const failure = failureOf(() =>
      loadKeys(
        written({
          ...made,
          fields: { current: 'f9', keys: made.fields.keys },
          payloads: { current: 'p1', keys: { p1: 'c2hvcnQ=' } },
          logs: undefined,
        }),
      ),
    );
    expect(failure).toBeInstanceOf(KeysError);
    expect(failure.message).toContain('- fields.current: names no key');
    expect(failure.message).toContain('- payloads.keys.p1: a key is the base64 of 32 bytes');
    expect(failure.message).toContain('- logs: ');
  });

  it('a key in place of an id or a name → refused without repeating it', () => {
    const made = createKeys();
    const secret = made.fields.keys.f1 ?? '';
    const wrong = { ...made, [secret]: 1, fields: { current: secret, keys: { [secret]: 'f1' } } };
    const failure = failureOf(() => loadKeys(written(wrong)));
    expect(failure).toBeInstanceOf(KeysError);
    expect(failure.message).toContain('a key id is 1 to 16');
    expect(failure.message).not.toContain(secret);
  });

  it('one key for two purposes → refused', () => {
    const made = createKeys();
    const twice = { ...made, logs: { current: 'l1', keys: { l1: made.numbers.keys.n1 } } };
    expect(() => loadKeys(written(twice))).toThrow('the same key is there twice');
  });

  it('broken JSON → an error without any of the text', () => {
    const { message, cause } = failureOf(() => loadKeys(written('{"fields": c2VjcmV0')));
    expect(message).toContain('is not JSON');
    expect(message).not.toContain('c2V');
    expect(cause).toBeUndefined();
  });

  it('no file → an error that names the path', () => {
    expect(() => loadKeys(join(folder, 'missing.json'))).toThrow(/missing\.json can't be read/);
  });
});

describe('findKey', () => {
  it.each(['constructor', '__proto__', 'toString'])('id %s, which every object has → no key', (id) => {
    expect(findKey({ current: 'a', keys: { a: Buffer.alloc(32) } }, id)).toBeUndefined();
  });
});

import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload, ValueError } from '@temporalio/common';
import { createPayloadCodec } from '../../../platform/temporal/payload-codec.ts';

const old = { current: 'p1', keys: { p1: Buffer.alloc(32, 1) } };
const rotated = { current: 'p2', keys: { ...old.keys, p2: Buffer.alloc(32, 2) } };

const payloadOf = (value: unknown): Payload => {
  const payload = defaultPayloadConverter.toPayload(value);
  if (payload === undefined) {
    throw new Error('Not convertible');
  }
  return payload;
};
const textOf = (payload: Payload | undefined, name: string) =>
  Buffer.from(payload?.metadata?.[name] ?? []).toString();
const valuesOf = (payloads: Payload[]) =>
  payloads.map((payload) => defaultPayloadConverter.fromPayload(payload));
const changed = (payload: Payload, place: number): Payload => {
  const data = Buffer.from(payload.data ?? []);
  data[place] = (data[place] ?? 0) ^ 1;
  return { ...payload, data };
};

describe('createPayloadCodec', () => {
  const codec = createPayloadCodec(old);

  it('values of every kind → the same after both ways', async () => {
    const values = [
      '',
      '张伟',
      null,
      undefined,
      3,
      { phone: '+8613800138000' },
      Buffer.from([0, 255]),
      'a'.repeat(5000),
    ];
    const sealed = await codec.encode(values.map(payloadOf));
    expect(valuesOf(await codec.decode(sealed))).toEqual(
      values.map((value) => (Buffer.isBuffer(value) ? new Uint8Array(value) : value)),
    );
  });

  it('no payloads → none', async () => {
    expect(await codec.encode([])).toEqual([]);
  });

  it('a payload → neither value nor its encoding to be read, the key id in the metadata', async () => {
    const [sealed] = await codec.encode([payloadOf({ phone: '+8613800138000' })]);
    expect(Buffer.from(sealed?.data ?? []).toString('latin1')).not.toMatch(/13800138000|json/);
    expect(textOf(sealed, 'encoding')).toBe('binary/encrypted');
    expect(textOf(sealed, 'encryption-key-id')).toBe('p1');
  });

  it('the same payload twice → two different ones', async () => {
    const [one, two] = await codec.encode([payloadOf('x'), payloadOf('x')]);
    expect(one?.data).not.toEqual(two?.data);
  });

  it('above 1 KB and repetitive → smaller; random → not deflated; below → not deflated', async () => {
    const [long, noise, short] = await codec.encode([
      payloadOf('ab'.repeat(5000)),
      { metadata: {}, data: randomBytes(3000) },
      payloadOf('ab'.repeat(100)),
    ]);
    expect(textOf(long, 'compression')).toBe('deflate');
    expect(long?.data?.length).toBeLessThan(500);
    expect(textOf(noise, 'compression')).toBe('none');
    expect(textOf(short, 'compression')).toBe('none');
  });

  it('a rotated ring → opens what the old key sealed and seals with the new one', async () => {
    const sealed = await codec.encode([payloadOf('x')]);
    const newer = createPayloadCodec(rotated);
    expect(valuesOf(await newer.decode(sealed))).toEqual(['x']);
    expect(textOf((await newer.encode([payloadOf('x')]))[0], 'encryption-key-id')).toBe('p2');
  });

  it('a key that left the ring → ValueError', async () => {
    const sealed = await createPayloadCodec(rotated).encode([payloadOf('x')]);
    await expect(codec.decode(sealed)).rejects.toThrow(ValueError);
  });

  it('a payload of another tool, unencrypted → as it was', async () => {
    const plain = payloadOf({ from: 'cli' });
    expect(await codec.decode([plain, {}])).toEqual([plain, {}]);
  });

  it('any byte changed, or cut short → ValueError', async () => {
    const [sealed = {}] = await codec.encode([payloadOf('x')]);
    for (let place = 0; place < (sealed.data?.length ?? 0); place += 1) {
      await expect(codec.decode([changed(sealed, place)])).rejects.toThrow(ValueError);
    }
    await expect(codec.decode([{ ...sealed, data: Buffer.alloc(5) }])).rejects.toThrow('too short');
  });

  it('another compression or key named → ValueError', async () => {
    const newer = createPayloadCodec(rotated);
    const [sealed = {}] = await newer.encode([payloadOf('ab'.repeat(5000))]);
    const relabelled = (name: string, text: string) => ({
      ...sealed,
      metadata: { ...sealed.metadata, [name]: Buffer.from(text) },
    });
    await expect(newer.decode([relabelled('compression', 'none')])).rejects.toThrow(ValueError);
    await expect(newer.decode([relabelled('encryption-key-id', 'p1')])).rejects.toThrow(ValueError);
  });
});

import { type Answered, openApi, type Signed, signatureOf, type TestApi } from './api.ts';
import { cancellation } from './events.ts';
import { expectProblem } from './problems.ts';
import { secrets } from './registry.ts';

let api: TestApi;

beforeAll(async () => {
  api = await openApi({ temporal: true });
});
afterAll(() => api.close());

const report = (signed: Partial<Signed> = {}): Promise<Answered> =>
  api.report({ body: cancellation(), ...signed });

/** How often a system's signature was counted as refused. */
async function refusals(province: string): Promise<number> {
  const { values } = await api.metrics.signatureFailures.get();
  return values.find(({ labels }) => labels.province === province)?.value ?? 0;
}

describe('a signature', () => {
  it('by the secret of the system → accepted', async () => {
    expect((await report()).status).toBe(202);
  });

  it('by the next secret while one replaces the other → accepted', async () => {
    expect((await report({ secret: secrets.sichuanNext })).status).toBe(202);
  });

  it('among others in one header → accepted', async () => {
    const body = JSON.stringify(cancellation());
    const good = signatureOf({}, body);
    const signature = `v1,AAAA v1a,BBBB ${good['webhook-signature']}`;
    expect((await report({ body, headers: { ...good, 'webhook-signature': signature } })).status).toBe(202);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s → signature_missing',
    async (name) => {
      const body = JSON.stringify(cancellation());
      const { [name]: _, ...rest }: Record<string, string> = signatureOf({}, body);
      const path = '/v1/carriers/sichuan/mobile-5g/events';
      expectProblem(await api.call(path, { body, headers: rest }), 'signature_missing');
    },
  );

  it.each<[string, Partial<Signed>]>([
    ["by another province's key", { secret: secrets.guangdong }],
    ['by a key of nobody', { secret: `whsec_${Buffer.alloc(32, 'x').toString('base64')}` }],
    ["in another province's name", { province: 'guangdong' }],
    ['of another webhook-id', { headers: { 'webhook-id': 'msg_other' } }],
    ['without its version', { headers: { 'webhook-signature': 'AAAA' } }],
    ['of another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['that is cut off', { headers: { 'webhook-signature': 'v1' } }],
    ['with a timestamp that is none', { headers: { 'webhook-timestamp': 'now' } }],
    ['with an id of more than 256 characters', { webhookId: 'm'.repeat(257) }],
    ['with an id of spaces', { webhookId: 'msg 1' }],
    ['made more than 5 minutes ahead', { timestampIn: 301 }],
  ])('%s → signature_invalid', async (_, signed) => {
    expectProblem(await report(signed), 'signature_invalid');
  });

  it('whose timestamp has something behind it → signature_invalid', async () => {
    const body = JSON.stringify(cancellation());
    const good = signatureOf({}, body);
    const timestamp = `${good['webhook-timestamp']}.5`;
    const answered = await report({ body, headers: { ...good, 'webhook-timestamp': timestamp } });
    expectProblem(answered, 'signature_invalid');
  });

  it('of another body → signature_invalid', async () => {
    const signed = signatureOf({}, JSON.stringify(cancellation()));
    expectProblem(await report({ body: cancellation(), headers: signed }), 'signature_invalid');
  });

  it('of a body that was only written anew → signature_invalid', async () => {
    const event = cancellation();
    const headers = signatureOf({}, JSON.stringify(event));
    expectProblem(await report({ body: JSON.stringify(event, null, 2), headers }), 'signature_invalid');
  });

  it('of bytes that are no UTF-8, which a decoder takes for others → signature_invalid', async () => {
    const text = JSON.stringify({ ...cancellation(), subject: '\uFFFD' });
    const headers = signatureOf({}, text);
    const bytes = Buffer.concat(
      text
        .split('\uFFFD')
        .flatMap((part, index) => [...(index ? [Buffer.from([0xff])] : []), Buffer.from(part)]),
    );
    const path = '/v1/carriers/sichuan/mobile-5g/events';
    expectProblem(await api.call(path, { body: bytes, headers }), 'signature_invalid');
  });

  it('made more than 5 minutes ago → signature_expired; a little less → accepted', async () => {
    expectProblem(await report({ timestampIn: -301 }), 'signature_expired');
    expect((await report({ timestampIn: -290 })).status).toBe(202);
    expect((await report({ timestampIn: 290 })).status).toBe(202);
  });

  it.each<[string, Partial<Signed>]>([
    ['an unknown province', { province: 'atlantis' }],
    ['an unknown system of a known province', { system: 'mobile-9g' }],
  ])('in the name of %s → the answer of a wrong signature, so that nobody finds out', async (_, signed) => {
    const answered = await report(signed);
    const wrong = await report({ secret: secrets.guangdong });
    expectProblem(answered, 'signature_invalid');
    expect(answered.text).toBe(wrong.text);
  });
});

describe('a call whose signature does not verify', () => {
  it('→ a count, a log line without personal data, and nothing else', async () => {
    const before = await refusals('sichuan');
    const logged = api.lines.length;
    const body = cancellation({ id: 'never-signed', data: { phone: '+8613800138099', lineId: 'L-99' } });
    await report({ body, secret: secrets.guangdong, webhookId: 'msg_refused' });

    expect(await refusals('sichuan')).toBe(before + 1);
    const lines = api.lines.slice(logged).join('');
    expect(lines).toContain('signature_invalid');
    expect(lines).not.toMatch(/13800138099|never-signed|L-99|msg_refused/);
    expect(await api.store.numbers.model.countDocuments()).toBe(0);
    expect(await api.store.inbox.model.countDocuments()).toBe(0);
    expect((await report({ body, webhookId: 'msg_refused' })).status).toBe(202);
  });

  it('in the name of nobody we know → counted as unknown, whatever the path says', async () => {
    const before = await refusals('unknown');
    await report({ province: 'atlantis' });
    expect(await refusals('unknown')).toBe(before + 1);
    expect(await api.metrics.registry.metrics()).not.toContain('atlantis');
  });

  it('with a body that is no JSON, too large or of a wrong type → nothing is told of the body but its size and type', async () => {
    const secret = secrets.guangdong;
    expectProblem(await report({ body: 'not json', secret }), 'signature_invalid');
    expectProblem(await report({ body: `"${'x'.repeat(1_500_000)}"`, secret }), 'body_too_large');
    expectProblem(
      await report({ secret, headers: { 'content-type': 'text/plain' } }),
      'unsupported_media_type',
    );
  });
});

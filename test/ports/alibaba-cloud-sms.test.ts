import { createHash, createHmac } from 'node:crypto';
import { signedHeaders } from '../../ports/alibaba-cloud-signature.ts';
import { createAlibabaCloudSms } from '../../ports/alibaba-cloud-sms.ts';
import { SmsError } from '../../ports/sms.ts';
import { type Arrived, type Gateway, nobody, sms, startGateway } from './sms-gateway.ts';

const taken = '{"Code":"OK","Message":"OK","BizId":"9006","RequestId":"F655A8D5"}';
const accessKeySecret = 'a-secret';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway(taken);
});
afterEach(() => gateway.close());

const port = (url = gateway.url) =>
  createAlibabaCloudSms({
    url,
    accessKeyId: 'a-key',
    accessKeySecret,
    signName: '领客 支付',
    templates: {
      register: 'SMS_1',
      login: 'SMS_2',
      'reset-password': 'SMS_3',
      'change-phone': 'SMS_4',
      recover: 'SMS_5',
    },
    now: () => Date.parse('2026-11-24T08:00:00.999Z'),
    timeout: 300,
  });

async function failure(url?: string): Promise<SmsError> {
  const error = await port(url)
    .send(sms)
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  if (!(error instanceof SmsError)) throw new Error('It did not fail as an SmsError');
  return error;
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/** The signature of a call by what arrived of it, as the provider computes it: of the headers that it says it signed. */
function signatureOf({ method, url, headers, body }: Arrived): string {
  const [path = '', query = ''] = url.split('?');
  const signed = /SignedHeaders=([^,]+),/.exec(headers.authorization ?? '')?.[1] ?? '';
  let canonical = `${method}\n${path}\n${query}\n`;
  for (const name of signed.split(';')) canonical += `${name}:${String(headers[name]).trim()}\n`;
  canonical += `\n${signed}\n${sha256(body)}`;
  return createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
}

describe('signedHeaders', () => {
  // The examples of the provider's own documentation ("V3 request structure and signature").
  it.each([
    [
      '2023-10-26T10:22:32Z',
      '3156853299f313e23d1673dc12e1703d',
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    ],
    [
      '2023-10-26T09:01:01Z',
      'd410180a5abf7fe235dd9b74aca91fc0',
      'e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804',
    ],
  ])('the documented call of %s → the documented signature', (at, nonce, signature) => {
    const headers = signedHeaders({
      accessKeyId: 'YourAccessKeyId',
      accessKeySecret: 'YourAccessKeySecret',
      method: 'POST',
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      query: 'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
      body: '',
      at: Date.parse(at),
      nonce,
    });
    expect(headers.authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;' +
        `x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${signature}`,
    );
  });
});

describe('createAlibabaCloudSms', () => {
  it('a message → SendSms with the template of its purpose, all in the body and nothing in the URL', async () => {
    await port().send(sms);
    const [call] = gateway.arrived;
    expect(call).toMatchObject({
      method: 'POST',
      url: '/',
      headers: {
        'x-acs-action': 'SendSms',
        'x-acs-version': '2017-05-25',
        'x-acs-date': '2026-11-24T08:00:00Z',
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(Object.fromEntries(new URLSearchParams(call?.body))).toEqual({
      PhoneNumbers: '+8613800138000',
      SignName: '领客 支付',
      TemplateCode: 'SMS_2',
      TemplateParam: '{"code":"482913"}',
      OutId: '6f1f9f0e:code',
    });
  });

  it('a message → signed over what arrives, every header of the protocol included', async () => {
    await port().send(sms);
    const [call] = gateway.arrived;
    if (call === undefined) throw new Error('Nothing arrived');
    expect(call.headers.authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=a-key,SignedHeaders=content-type;host;x-acs-action;x-acs-content-sha256;' +
        `x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${signatureOf(call)}`,
    );
    expect(call.headers['x-acs-content-sha256']).toBe(sha256(call.body));
    expect(signatureOf({ ...call, body: call.body.replace('138', '139') })).not.toBe(signatureOf(call));
  });

  it('two messages → two nonces', async () => {
    await port().send(sms);
    await port().send(sms);
    const nonces = gateway.arrived.map(({ headers }) => headers['x-acs-signature-nonce']);
    expect(new Set(nonces).size).toBe(2);
  });

  it.each([
    [200, 'isv.BUSINESS_LIMIT_CONTROL', 'permanent'],
    [200, 'isv.MOBILE_NUMBER_ILLEGAL', 'permanent'],
    [200, 'isv.AMOUNT_NOT_ENOUGH', 'permanent'],
    [200, 'isp.SYSTEM_ERROR', 'transient'],
    [400, 'SignatureDoesNotMatch', 'permanent'],
    [403, 'NoPermission', 'permanent'],
    [400, 'Throttling.User', 'transient'],
    [429, 'Whatever', 'transient'],
    [503, 'ServiceUnavailable', 'transient'],
    [500, 'OK', 'transient'],
  ] as const)('status %i with %s → %s, and the code is told', async (status, code, kind) => {
    gateway.reply = (response) =>
      response.writeHead(status).end(JSON.stringify({ Code: code, Message: `no ${sms.to}` }));
    const error = await failure();
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(code);
    expect(error.message).not.toContain('13800138000');
  });

  it.each(['', '<html>', '{"Message":"?"}', 'null', '{"Code":7}'])(
    '200 with %j → not taken',
    async (body) => {
      gateway.reply = (response) => response.end(body);
      expect((await failure()).kind).toBe('permanent');
    },
  );

  it('a code that is no code → not repeated', async () => {
    gateway.reply = (response) => response.end(JSON.stringify({ Code: `phone ${sms.to}` }));
    expect((await failure()).message).not.toContain('138');
  });

  it('silence, or no connection → transient', async () => {
    gateway.reply = () => undefined;
    expect((await failure()).kind).toBe('transient');
    expect((await failure(await nobody())).kind).toBe('transient');
  });
});

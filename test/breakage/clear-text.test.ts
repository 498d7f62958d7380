import { findClearText } from './clear-text.ts';

const secrets = [
  { what: 'name', value: '欧阳霁月' },
  { what: 'password', value: 'pw-4f1c"9 a' },
];
const inPlace = (bytes: Buffer) => findClearText([{ name: 'here', bytes }], secrets);
const planted: [form: string, bytes: Buffer][] = [
  ['as it is', Buffer.from('hello 欧阳霁月!')],
  ['escaped in JSON', Buffer.from('{"a":"\\u6b27\\u9633\\u9701\\u6708"}')],
  ['in a URL', Buffer.from(`?name=${encodeURIComponent('欧阳霁月')}`)],
  ['in UTF-16', Buffer.from('x欧阳霁月', 'utf16le')],
  ['in base64', Buffer.from(Buffer.from('{"name":"欧阳霁月"}').toString('base64'))],
  ['in base64, one further', Buffer.from(Buffer.from('{"name": "欧阳霁月"}').toString('base64'))],
  ['in base64, two further', Buffer.from(Buffer.from('{"name" : "欧阳霁月"}').toString('base64'))],
];

describe('findClearText', () => {
  it.each(planted)('a value %s → found', (_, bytes) => {
    expect(inPlace(bytes)).toEqual(['name in here']);
  });

  it('nothing of it → nothing found', () => {
    expect(inPlace(Buffer.from('欧阳 and a 霁月 and pw-4f1c'))).toEqual([]);
  });
});

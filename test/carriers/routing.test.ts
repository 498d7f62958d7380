import fc from 'fast-check';
import { createRouting } from '../../carriers/routing.ts';
import { areaCodes } from '../../carriers/segments.ts';
import { type PhoneNumber, parsePhoneNumber } from '../../domain/phone-number.ts';
import { parse, registryText } from './registry-text.ts';

function phone(text: string): PhoneNumber {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok) {
    throw new Error(parsed.detail);
  }
  return parsed.value;
}

/** The registry of the tests with these segments instead of its own; all lead to the one mobile system or the fixed. */
function registryWith(prefixes: readonly string[]) {
  const lines = prefixes.map(
    (prefix, index) =>
      `  - { prefix: "${prefix}", province: sichuan, system: ${index % 2 ? 'fixed' : 'mobile-5g'} }`,
  );
  return parse(
    [registryText.slice(0, registryText.indexOf('segments:')), 'segments:', ...lines, ''].join('\n'),
  );
}

describe('routing', () => {
  const routing = createRouting(parse(registryText));
  const mobile = { province: 'sichuan', system: 'mobile-5g' };
  const fixed = { province: 'sichuan', system: 'fixed' };

  it('a number in one segment → its home', () => {
    expect(routing.routeOf(phone('+8613812345678'))).toEqual(mobile);
  });

  it('a number in a segment within a segment → the home of the longer one', () => {
    expect(routing.routeOf(phone('+8613801234567'))).toEqual(fixed);
  });

  it('a number in no segment → null', () => {
    expect(routing.routeOf(phone('+8613912345678'))).toBeNull();
    expect(routing.routeOf(phone('+8675512345678'))).toBeNull();
  });

  it('a ported number → where its carriers say it is', () => {
    expect(routing.routeOf(phone('+8613812345678'), fixed)).toEqual(fixed);
    expect(routing.routeOf(phone('+8613912345678'), fixed)).toEqual(fixed);
  });

  it('a home that the registry no longer has → the segment again', () => {
    expect(routing.routeOf(phone('+8613812345678'), { province: 'sichuan', system: 'gsm' })).toEqual(mobile);
  });

  it('an area code that the registry leaves out → the one system for fixed lines of that province', () => {
    expect(routing.routeOf(phone('+862812345678'))).toEqual(fixed);
  });

  it('an area code that the registry sets → as it says', () => {
    const own = createRouting(registryWith(['+8628']));
    expect(own.routeOf(phone('+862812345678'))).toEqual(mobile);
  });

  it('an area code of a province with two systems for fixed lines → null, since nothing says which', () => {
    const two = registryText.replace('kind: mobile', 'kind: fixed');
    expect(createRouting(parse(two)).routeOf(phone('+862812345678'))).toBeNull();
  });

  it('an area code of a province that the registry does not have → null', () => {
    expect(routing.routeOf(phone('+861012345678'))).toBeNull();
  });

  it('any segments and any number → the home of the longest prefix that fits', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 4 }).map((list) => list.join(''));
    const prefixes = fc.uniqueArray(
      digits.map((text) => `+8613${text}`),
      { minLength: 1, maxLength: 20 },
    );
    const numbers = fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: 9, maxLength: 9 })
      .map((list) => `+8613${list.join('')}` as PhoneNumber);
    fc.assert(
      fc.property(prefixes, numbers, (all, number) => {
        const registry = registryWith(all);
        const fitting = registry.segments.filter(({ prefix }) => number.startsWith(prefix));
        const longest = fitting.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
        const expected = longest ? { province: longest.province, system: longest.system } : null;
        expect(createRouting(registry).routeOf(number)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('built-in segments', () => {
  it('any of them → begins a fixed-line number and no mobile one', () => {
    for (const { prefix } of areaCodes) {
      expect(prefix).toMatch(/^\+86(10|2\d)$/);
      expect(parsePhoneNumber(`${prefix}62345678`).ok).toBe(true);
    }
  });
});

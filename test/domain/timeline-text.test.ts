import { numberEventTypes } from '../../domain/number/event.ts';
import { timelineCodes, timelineText } from '../../domain/timeline-text.ts';

describe('timelineText', () => {
  it.each(numberEventTypes)('the event %s → a text of its own', (type) => {
    expect(timelineCodes).toContain(type);
  });

  it.each(timelineCodes)('%s → Chinese and English, in words and not in codes', (code) => {
    const { zh, en } = timelineText(code);
    expect(zh).toMatch(/^[\p{Script=Han}，：；、]+$/u);
    expect(en).toMatch(/^[A-Z][A-Za-z ,;'-]+[a-z]$/);
  });

  it('no two codes → the same text', () => {
    const texts = timelineCodes.map((code) => timelineText(code).en);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each(['something.new', 'constructor', ''])(
    'a code of a newer version (%s) → a text all the same',
    (code) => {
      expect(timelineText(code)).toEqual({ zh: '其他记录', en: 'Another record' });
    },
  );
});

import { existsSync, readFileSync } from 'node:fs';
import { importRules, toldImports } from './import-table.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const english = read('README.md');
const chinese = read('README.zh-CN.md');
const both: [string, string][] = [
  ['README.md', english],
  ['README.zh-CN.md', chinese],
];

const without = (pattern: RegExp) => (text: string) => text.replace(pattern, '');
/** Commands and outputs; only comments are told in the document's own language. */
const blocksOf = (text: string) => (text.match(/^```.*?^```/gms) ?? []).map(without(/#.*$/gm));
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)#:]+)(?:#[\w-]+)?\)/g)].map(([, path = '']) => path);
/** The shape of a document: headings by their level, and each row of a table. */
const outlineOf = (text: string) => text.match(/^(#+|\|)(?= )/gm);

describe('README.md and README.zh-CN.md', () => {
  it('commands and outputs → the same in both', () => {
    expect(blocksOf(english).length).toBeGreaterThan(10);
    expect(blocksOf(chinese)).toEqual(blocksOf(english));
  });

  it('headings and tables → as many in both, in the same order', () => {
    expect(outlineOf(chinese)).toEqual(outlineOf(english));
  });

  it('links → the same in both but to each other, and all lead somewhere', () => {
    const others = (text: string) => linksOf(text).filter((path) => !path.startsWith('README'));

    expect(others(chinese)).toEqual(others(english));
    for (const path of [...linksOf(english), ...linksOf(chinese)])
      expect([path, existsSync(path)]).toEqual([path, true]);
  });

  it.each(both)('%s: commands → are scripts of package.json', (_, text) => {
    const { scripts } = JSON.parse(read('package.json'));
    const told = [...text.matchAll(/(?:`|^)npm (?:run )?([a-z]+)(?=[` ])/gm)].map(([, name = '']) => name);

    expect(new Set(told).size).toBeGreaterThan(4);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(told)]));
  });

  it.each(both)('%s: what a folder may import → is what the check holds', (_, text) => {
    const told = toldImports(text);
    const rules = importRules();

    expect(Object.keys(rules).length).toBeGreaterThan(8);
    for (const [folder, allowed] of Object.entries(rules)) {
      const types = folder === 'workflows' ? ['activities'] : [];
      expect([folder, told[folder]]).toEqual([folder, [...allowed, ...types]]);
    }
  });
});

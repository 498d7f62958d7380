import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(path, 'utf8');
const namesIn = (text: string, pattern: RegExp) => [...new Set(text.match(pattern) ?? [])].sort();

const VARIABLE = /\bLINEKEEPER_[A-Z]+[0-9]?(_[A-Z]+)*\b/g;
const METRIC = /\blinekeeper_[a-z]+(_[a-z]+)*\b/g;

const doc = read('docs/operations.md');
const config = read('platform/config.ts');
const compose = read('docker-compose.yml');

describe('docs/operations.md', () => {
  it('every variable of the configuration → is told', () => {
    const known = namesIn(config, VARIABLE);
    expect(known.length).toBeGreaterThan(10);
    expect(known.filter((name) => !doc.includes(`\`${name}\``))).toEqual([]);
  });

  it('every variable that Compose takes from outside → is told', () => {
    const taken = namesIn(compose, /(?<=\$\{)[A-Z_]+/g);
    expect(taken).toContain('LINEKEEPER_BIND');
    expect(taken.filter((name) => !doc.includes(`\`${name}`))).toEqual([]);
  });

  it('every variable that is told → exists', () => {
    const known = [...namesIn(config, VARIABLE), ...namesIn(compose, VARIABLE)];
    expect(namesIn(doc, VARIABLE).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('every metric → is told, and none that is not', () => {
    expect(namesIn(doc, METRIC)).toEqual(namesIn(read('platform/metrics.ts'), METRIC));
  });
});

import { readFileSync } from 'node:fs';

/** What each folder may import, as the check of imports holds it. */
export function importRules(): Record<string, string[]> {
  const text = readFileSync('.dependency-cruiser.cjs', 'utf8');
  const rows = [...text.matchAll(/^ {2}(\w+): \[(.*)\],$/gm)];
  return Object.fromEntries(
    rows.map(([, folder = '', allowed = '']) => [folder, wordsIn(allowed, /'(\w+)'/g)]),
  );
}

/** What each folder may import, as the table of a document tells it: the last column, words in backticks. */
export function toldImports(document: string): Record<string, string[]> {
  const rows = [...document.matchAll(/^\| \[?`(\w+)\/`(?:\]\(\w+\))? \| .* \| (.*) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, folder = '', allowed = '']) => [folder, wordsIn(allowed, /`(\w+)`/g)]),
  );
}

function wordsIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, word = '']) => word);
}

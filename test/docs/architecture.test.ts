import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { createFieldCipher } from '../../platform/field-cipher.ts';
import { createNumberHasher } from '../../platform/hashing.ts';
import { createStore } from '../../store/store.ts';
import * as workflows from '../../workflows/index.ts';
import { testRing } from '../store/open-store.ts';
import { importRules, toldImports } from './import-table.ts';

const doc = readFileSync('docs/architecture.md', 'utf8');
const wordsIn = (text: string) => [...text.matchAll(/`([\w-]+)`/g)].map(([, word = '']) => word);

/** The collections with their indexes, by the models; nothing is connected to. */
function collections(): Record<string, string[]> {
  const connection = mongoose.createConnection();
  createStore({
    connection,
    cipher: createFieldCipher(testRing('f1')),
    hasher: createNumberHasher(testRing('n1')),
  });
  return Object.fromEntries(
    Object.values(connection.models).map((model) => [
      model.collection.collectionName,
      model.schema.indexes().map(([, options]) => String(options.name)),
    ]),
  );
}

describe('docs/architecture.md', () => {
  it('collections and their indexes → those of the store, and no others', () => {
    const [, section = ''] = /## What is where in the store\n(.*?)\n## /s.exec(doc) ?? [];
    const told = [...section.matchAll(/^\| `(\w+)` \| .* \| (.*) \|$/gm)].map(
      ([, name = '', indexes = '']) => [name, wordsIn(indexes)],
    );

    expect(Object.fromEntries(told)).toEqual(collections());
  });

  it('what a folder may import → is what the check holds', () => {
    const told = toldImports(doc);
    for (const [folder, allowed] of Object.entries(importRules())) {
      const types = folder === 'workflows' ? ['activities'] : [];
      expect([folder, told[folder]]).toEqual([folder, [...allowed, ...types]]);
    }
  });

  it('workflows → all are told', () => {
    expect(
      Object.keys(workflows).filter((name) => !doc.includes(`\`${name}\``) && !doc.includes(`: ${name}`)),
    ).toEqual([]);
  });

  it('invariants that code and tests cite → are told', () => {
    expect([...doc.matchAll(/^- \*\*I(\d)\*\*/gm)].map(([, digit]) => Number(digit))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('files and documents that it names → are there', () => {
    const links = [...doc.matchAll(/\]\(([^)#:]+)(?:#[\w-]+)?\)/g)].map(([, path = '']) =>
      join('docs', path),
    );
    const files = [...doc.matchAll(/`([\w.-]+\/[\w./-]+\.(?:ts|cjs))`/g)].map(([, path = '']) => path);

    expect(links.length + files.length).toBeGreaterThan(15);
    expect([...links, ...files].filter((path) => !existsSync(path))).toEqual([]);
  });
});

import type { NumberKey } from '../domain/ids.ts';
import type { Freeze } from '../domain/number/freeze.ts';
import type { ReleasePolicy } from '../domain/number/plan.ts';
import type { Registry } from './registry.ts';

/** What a province's entry says about one number: how long its freeze is, and how claims on it end. */
export type NumberRules = { readonly freeze: Freeze; readonly policy: ReleasePolicy };

const dayMs = 86_400_000;

/** A number whose province has left the registry is treated as carefully as any: by the defaults of docs/registry.md. */
const defaults = {
  freeze: 90 * dayMs,
  release: { bound: 'at-once', unbound: 'at-freeze-end' },
} satisfies { freeze: number; release: ReleasePolicy };

/** The rules of a number of that province. */
export function rulesOf(
  registry: Registry,
  { numberKey, province }: { numberKey: NumberKey; province: string },
): NumberRules {
  const { freeze, release } = registry.provinceOf(province) ?? defaults;
  return { freeze: { numberKey, length: freeze }, policy: release };
}

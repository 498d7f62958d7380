import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Home } from './gateway.ts';
import type { Registry } from './registry.ts';
import { areaCodes } from './segments.ts';

/** Tells which system of which province a number is asked about. */
export type Routing = {
  /**
   * The home of the longest segment that the number begins with; null for a number that no province here serves.
   *
   * A number that was ported lives elsewhere than its digits say (携号转网). What its carriers reported of it is
   * given as `known`, and goes before the segments; unless the registry has no such system any more.
   */
  routeOf(phone: PhoneNumber, known?: Home | null): Home | null;
};

/** The routing of a registry: its segments, and the built-in ones where it has none of the same prefix. */
export function createRouting(registry: Registry): Routing {
  const homes = new Map<string, Home>(
    [...builtInSegments(registry), ...registry.segments].map(({ prefix, province, system }) => [
      prefix,
      { province, system },
    ]),
  );
  const longest = Math.max(0, ...[...homes.keys()].map((prefix) => prefix.length));
  return {
    routeOf: (phone, known) => {
      if (known && registry.systemOf(known.province, known.system)) {
        return { province: known.province, system: known.system };
      }
      for (let length = Math.min(longest, phone.length); length > 0; length -= 1) {
        const home = homes.get(phone.slice(0, length));
        if (home) {
          return home;
        }
      }
      return null;
    },
  };
}

function builtInSegments(registry: Registry) {
  return areaCodes.flatMap(({ prefix, province }) => {
    const [system, another] =
      registry.provinceOf(province)?.systems.filter(({ kind }) => kind === 'fixed') ?? [];
    return system && !another ? [{ prefix, province, system: system.id }] : [];
  });
}

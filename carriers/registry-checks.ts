import { z } from 'zod';
import { isLoopback } from './loopback.ts';
import type { FaultAt, Path } from './registry-file.ts';

/*
 * What no single place of the registry shows: names that stand twice or lead nowhere, and systems whose parts don't go
 * together. These checks read an outline that any text has, so that they find their faults beside those of the schema
 * and not only after them.
 */

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
/** Whether it stands there matters, not what it is. */
const anything = z.unknown().optional();

const outlinedSystem = lenient({
  id: text,
  kind: text,
  dialect: anything,
  baseUrl: anything,
  tokenUrl: anything,
  credentials: anything,
  rateLimit: anything,
  timeouts: anything,
  breaker: anything,
  webhookSecrets: anything,
  capabilities: lenient({
    joinDate: text,
    recycledSince: flag,
    match: flag,
    binding: flag,
    bills: flag,
    events: flag,
    snapshots: flag,
  }),
});

const outline = lenient({
  plainHttpHosts: z.array(z.string()).catch([]),
  provinces: list(lenient({ id: text, systems: list(outlinedSystem) })),
  segments: list(lenient({ prefix: text, province: text, system: text })),
});

/** A map of which every key may be missing or wrong; anything else counts as an empty one. */
function lenient<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .unknown()
    .optional()
    .transform((value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}))
    .pipe(z.object(shape));
}

/** A list; anything else counts as an empty one. */
function list<Entry extends z.ZodType>(entry: Entry) {
  return z
    .unknown()
    .optional()
    .transform((value): unknown[] => (Array.isArray(value) ? value : []))
    .pipe(z.array(entry));
}

type OutlinedSystem = z.infer<typeof outlinedSystem>;
type Outline = z.infer<typeof outline>;

/** What a system that is asked must have, all of it. */
const CONNECTION = ['dialect', 'baseUrl', 'tokenUrl', 'credentials', 'rateLimit'] as const;
/** What says nothing without a connection. */
const CONNECTION_EXTRAS = ['timeouts', 'breaker'] as const;
/** What can only be had by asking. */
const ASKED = ['joinDate', 'recycledSince', 'match', 'binding', 'bills'] as const;
/** What takes a phone number to ask. */
const ASKED_BY_PHONE = ['joinDate', 'recycledSince', 'match'] as const;
/** What comes from the system by itself, signed. */
const REPORTED = ['binding', 'events', 'snapshots'] as const;

/** The faults that lie between the places of a registry, whatever else is wrong with it. */
export function checkAcross(value: unknown): FaultAt[] {
  const registry = outline.parse(value);
  return [
    ...checkProvinces(registry),
    ...registry.provinces.flatMap(({ systems }, p) =>
      systems.flatMap((system, s) => [
        ...checkSystem(system, ['provinces', p, 'systems', s]),
        ...checkUrls(system, ['provinces', p, 'systems', s], registry.plainHttpHosts),
      ]),
    ),
    ...checkWebhookSecrets(registry),
    ...checkSegments(registry),
  ];
}

function checkProvinces({ provinces }: Outline): FaultAt[] {
  return [
    ...repeated(provinces.map(({ id }, p) => ({ name: id, path: ['provinces', p, 'id'] }))),
    ...provinces.flatMap(({ systems }, p) =>
      repeated(systems.map(({ id }, s) => ({ name: id, path: ['provinces', p, 'systems', s, 'id'] }))),
    ),
  ];
}

function checkSystem(system: OutlinedSystem, path: Path): FaultAt[] {
  const { capabilities } = system;
  const declares = (name: keyof typeof capabilities): boolean =>
    name === 'joinDate'
      ? capabilities.joinDate !== undefined && capabilities.joinDate !== 'absent'
      : capabilities[name] === true;
  const faults: FaultAt[] = [];
  const connected = [...CONNECTION, ...CONNECTION_EXTRAS].some((key) => system[key] !== undefined);

  if (connected) {
    for (const key of CONNECTION.filter((name) => system[name] === undefined)) {
      faults.push({ path: [...path, key], message: `missing: ${CONNECTION.join(', ')} go together` });
    }
  } else if (ASKED.some(declares)) {
    const asked = ASKED.filter(declares).join(', ');
    faults.push({ path: [...path, 'baseUrl'], message: `missing: there is no way to ask for ${asked}` });
  } else if (!declares('events')) {
    faults.push({ path, message: 'there is no way to reach this system: it is neither asked nor reports' });
  }

  if (system.webhookSecrets === undefined && REPORTED.some(declares)) {
    const signed = REPORTED.filter(declares).join(', ');
    faults.push({ path: [...path, 'webhookSecrets'], message: `missing: ${signed} come signed` });
  }
  if (system.kind === 'broadband') {
    for (const name of ASKED_BY_PHONE.filter(declares)) {
      faults.push({
        path: [...path, 'capabilities', name],
        message: 'a broadband line has no phone to ask by',
      });
    }
  }
  return faults;
}

/** Tokens and personal data go over plain http only where they can't leave the machine, or somebody took it on them. */
function checkUrls(system: OutlinedSystem, path: Path, plainHttpHosts: readonly string[]): FaultAt[] {
  return (['baseUrl', 'tokenUrl'] as const)
    .filter((key) => {
      const text = system[key];
      const url = typeof text === 'string' ? URL.parse(text) : null;
      return url?.protocol === 'http:' && !isLoopback(url.hostname) && !plainHttpHosts.includes(url.hostname);
    })
    .map((key) => ({
      path: [...path, key],
      message: 'must be https; plain http is for loopback hosts and those of plainHttpHosts',
    }));
}

/** A key that two systems share lets one of them sign in the other's name. */
function checkWebhookSecrets({ provinces }: Outline): FaultAt[] {
  return repeated(
    provinces.flatMap(({ systems }, p) =>
      systems.flatMap(({ webhookSecrets }, s) =>
        (Array.isArray(webhookSecrets) ? webhookSecrets : []).map((secret: unknown, w) => ({
          name: secret === undefined ? undefined : JSON.stringify(secret),
          path: ['provinces', p, 'systems', s, 'webhookSecrets', w],
        })),
      ),
    ),
  );
}

function checkSegments({ provinces, segments }: Outline): FaultAt[] {
  const leadsNowhere = segments.flatMap((segment, index): FaultAt[] => {
    const path: Path = ['segments', index];
    const province = provinces.find(({ id }) => id === segment.province);
    if (segment.province === undefined || segment.system === undefined) {
      return [];
    }
    if (province === undefined) {
      return [{ path: [...path, 'province'], message: 'there is no such province' }];
    }
    const system = province.systems.find(({ id }) => id === segment.system);
    if (system === undefined) {
      return [{ path: [...path, 'system'], message: 'this province has no such system' }];
    }
    return system.kind === 'broadband'
      ? [{ path: [...path, 'system'], message: 'a broadband system has no phone numbers' }]
      : [];
  });
  return [
    ...repeated(segments.map(({ prefix }, index) => ({ name: prefix, path: ['segments', index, 'prefix'] }))),
    ...leadsNowhere,
  ];
}

/** A fault for every name that stood before. */
function repeated(places: readonly { name: string | undefined; path: Path }[]): FaultAt[] {
  const first = new Map<string, Path>();
  const faults: FaultAt[] = [];
  for (const { name, path } of places) {
    const before = name === undefined ? undefined : first.get(name);
    if (before !== undefined) {
      faults.push({ path, message: 'stands here a second time', first: before });
    } else if (name !== undefined) {
      first.set(name, path);
    }
  }
  return faults;
}

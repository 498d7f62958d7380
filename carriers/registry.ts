import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { DurationMs } from '../domain/instant.ts';
import { errorCode } from './error-code.ts';
import type { CarrierSystem, Connection, Province, Segment } from './province.ts';
import { checkAcross } from './registry-checks.ts';
import { type Fault, type FaultAt, RegistryRefused, readRegistryFile } from './registry-file.ts';
import { registrySchema, type SecretSources } from './registry-schema.ts';

/** All provinces and systems, and which numbers are at home where. Never changes while a process runs. */
export type Registry = {
  readonly provinces: readonly Province[];
  /** As configured; `createRouting` adds the built-in ones. */
  readonly segments: readonly Segment[];
  /** The province of that id, if there is one. */
  provinceOf(provinceId: string): Province | undefined;
  /** The system of that id in that province, if there is one. */
  systemOf(provinceId: string, systemId: string): CarrierSystem | undefined;
};

type RegistryOptions = {
  /** Where `{env: NAME}` secrets are looked up. */
  env: Readonly<Record<string, string | undefined>>;
  /** Takes the place of every province's freeze, for trials and rehearsals. */
  freeze?: DurationMs | undefined;
};

/**
 * Reads the registry's YAML file (docs/registry.md describes it), and the secrets that it refers to.
 * Throws `RegistryRefused` with every fault and its place.
 */
export function loadRegistry({ file, ...options }: RegistryOptions & { file: string }): Registry {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new RegistryRefused(file, [
      { line: 1, column: 1, path: '', message: `cannot be read (${errorCode(error)})` },
    ]);
  }
  return parseRegistry({ text, source: file, folder: dirname(file), ...options });
}

/** As `loadRegistry`, from a text; `source` names it in messages, `folder` is where relative secret files start from. */
export function parseRegistry({
  text,
  source,
  freeze,
  ...sources
}: RegistryOptions & SecretSources & { text: string; source: string }): Registry {
  const { value, faults, locate } = readRegistryFile(text);
  if (value === undefined && faults.length > 0) {
    throw new RegistryRefused(source, faults);
  }
  const shape = registrySchema(sources).safeParse(value, {
    error: (issue) => (issue.code === 'invalid_type' && issue.input === undefined ? 'missing' : undefined),
  });
  const all = [
    ...faults,
    ...(shape.error?.issues ?? []).flatMap(faultsOf).map(locate),
    ...checkAcross(value).map(locate),
  ];
  if (shape.data === undefined || all.length > 0) {
    throw new RegistryRefused(source, inOrder(all));
  }
  const { plainHttpHosts } = shape.data;
  return registryOf(
    shape.data.provinces.map((province) =>
      provinceFrom({ ...province, freeze: freeze ?? province.freeze }, plainHttpHosts),
    ),
    shape.data.segments,
  );
}

function registryOf(provinces: readonly Province[], segments: readonly Segment[]): Registry {
  const provinceOf = (provinceId: string) => provinces.find(({ id }) => id === provinceId);
  return {
    provinces,
    segments,
    provinceOf,
    systemOf: (provinceId, systemId) => provinceOf(provinceId)?.systems.find(({ id }) => id === systemId),
  };
}

type ProvinceEntry = z.output<ReturnType<typeof registrySchema>>['provinces'][number];
type SystemEntry = ProvinceEntry['systems'][number];

function provinceFrom(entry: ProvinceEntry, plainHttpHosts: readonly string[]): Province {
  const { trackedSince, restartsOnTransfer } = entry;
  return {
    ...entry,
    systems: entry.systems.map((system) => ({
      id: system.id,
      kind: system.kind,
      capabilities: { ...system.capabilities, trackedSince, restartsOnTransfer },
      connection: connectionFrom(system, plainHttpHosts),
      webhookSecrets: system.webhookSecrets ?? [],
    })),
  };
}

function connectionFrom(system: SystemEntry, plainHttpHosts: readonly string[]): Connection | null {
  const { dialect, baseUrl, tokenUrl, credentials, rateLimit, timeouts, breaker } = system;
  // The checks see to it that these five come together or not at all.
  return dialect && baseUrl && tokenUrl && credentials && rateLimit
    ? {
        dialect,
        baseUrl,
        tokenUrl,
        credentials,
        rateLimit,
        timeouts,
        breaker,
        ...(plainHttpHosts.length > 0 ? { plainHttpHosts } : {}),
      }
    : null;
}

/** A fault points at the key that shouldn't be there; else at the value, or at what lacks one. */
function faultsOf(issue: z.core.$ZodIssue): FaultAt[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path, key, message: 'there is no such setting' }))
    : [{ path, message: issue.message }];
}

function inOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.coerce.string();
const environment = z.record(z.string(), text).default({});
const mounts = z.array(z.string()).default([]);

const service = z.object({
  image: z.string().optional(),
  build: z
    .object({ context: z.string(), target: z.string(), dockerfile: z.string().default('Dockerfile') })
    .optional(),
  command: z.array(text).optional(),
  entrypoint: z.array(text).optional(),
  profiles: z.array(z.string()).default([]),
  depends_on: z
    .record(z.string(), z.object({ condition: z.string(), required: z.boolean().default(true) }))
    .default({}),
  environment,
  secrets: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  volumes: mounts,
  ports: z.array(z.string()).default([]),
  user: text.optional(),
  restart: z.string().optional(),
  healthcheck: z.object({ test: z.array(text) }).optional(),
});

/** The parts of a compose file that are looked at here, in the long form in which ours is written. */
const composeFile = z.object({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.object({ file: z.string() })).default({}),
  configs: z.record(z.string(), z.object({ file: z.string() })).default({}),
});

/** A compose file as Compose sees it: anchors merged, variables replaced. */
export type ComposeFile = z.output<typeof composeFile>;

/** One service of it. */
export type Service = ComposeFile['services'][string];

/** A compose file, or what is wrong with it. */
export type Reading = { file: ComposeFile; faults: [] } | { file: undefined; faults: string[] };

/**
 * Reads the text of a compose file: checks it against the schema of the compose specification, replaces the variables
 * from `env`, and takes the parts that are looked at here.
 */
export function readComposeFile(source: string, env: Record<string, string | undefined>): Reading {
  // Merge keys (`<<`) are of YAML 1.1, and of the compose specification.
  const content: unknown = parse(source, { merge: true });
  const faults = schemaFaults(content);
  if (faults.length > 0) {
    return { file: undefined, faults };
  }
  const parsed = composeFile.safeParse(interpolateAll(content, env));
  return parsed.success
    ? { file: parsed.data, faults: [] }
    : {
        file: undefined,
        faults: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      };
}

function schemaFaults(content: unknown): string[] {
  // The schema allows several types in one place and describes formats that only Compose knows.
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const validate = ajv.compile(composeSchema());
  return validate(content)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message, params }) => {
        const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
        return `${instancePath || '/'}: ${message ?? 'is wrong'}${extra}`;
      });
}

/** The JSON schema of the compose specification, as the package dclint carries it. */
function composeSchema(): object {
  // The package exports no more of itself than its package.json; the schema lies beside it.
  const require = createRequire(join(process.cwd(), 'package.json'));
  const folder = dirname(require.resolve('dclint/package.json'));
  const schema: unknown = JSON.parse(readFileSync(join(folder, 'schemas/compose.schema.json'), 'utf8'));
  // Draft 7 goes by an http address in Ajv; the schema names it by https.
  return { ...z.looseObject({}).parse(schema), $schema: 'http://json-schema.org/draft-07/schema#' };
}

/** `$$`, `${NAME}`, `${NAME:-default}` and `${NAME-default}`: what our file uses of the specification's interpolation. */
const VARIABLE = /\$(?:\$|\{(\w+)(?:(:?-)([^}]*))?\})/g;

/** Replaces the variables in a text as Compose does. */
export function interpolate(source: string, env: Record<string, string | undefined>): string {
  return source.replace(VARIABLE, (whole, name: string | undefined, mark: string | undefined, other = '') => {
    if (name === undefined) {
      return whole.slice(1);
    }
    const value = env[name];
    const absent = value === undefined || (mark === ':-' && value === '');
    return absent ? other : value;
  });
}

function interpolateAll(content: unknown, env: Record<string, string | undefined>): unknown {
  if (typeof content === 'string') {
    return interpolate(content, env);
  }
  if (Array.isArray(content)) {
    return content.map((item) => interpolateAll(item, env));
  }
  return content !== null && typeof content === 'object'
    ? Object.fromEntries(Object.entries(content).map(([key, value]) => [key, interpolateAll(value, env)]))
    : content;
}

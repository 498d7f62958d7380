import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { scopes } from './access.ts';
import { discoveryAddress } from './middleware/authenticate.ts';
import { problemMediaType, problemType } from './problem.ts';
import { type ProblemCode, problemCodes } from './problem-codes.ts';
import type { ResponseSpec, Route } from './route.ts';
import { problemSchema } from './schemas/problem.ts';
import { takesKey } from './serve.ts';

/** The names of the security schemes. */
const schemes = { token: 'token', bearer: 'bearer', signature: 'signature' };

const description = `Keeps payment accounts safe when mobile numbers change hands.

Times are RFC 3339 with offset, dates \`YYYY-MM-DD\`, phone numbers E.164 (\`+8613800138000\`), money in fen. Unknown properties are
refused. Problems are RFC 9457 with a stable \`code\`. No personal data stand in a URL: a number is looked up by POST and then
addressed by its \`numberKey\`. \`x-correlator\` is echoed, or made, and leads through logs and workflows.`;

/** Writes the OpenAPI 3.1 document from the routes that are served. */
export function openApiDocument({
  routes,
  issuer,
  version,
}: {
  routes: readonly Route[];
  issuer: string;
  version: string;
}) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', schemes.token, {
    type: 'openIdConnect',
    openIdConnectUrl: discoveryAddress(issuer),
    description: `An access token (JWT) of the issuer. Scopes: ${Object.entries(scopes)
      .map(([scope, meaning]) => `\`${scope}\` (${meaning})`)
      .join(', ')}`,
  });
  registry.registerComponent('securitySchemes', schemes.bearer, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The same token, to be pasted',
  });
  registry.registerComponent('securitySchemes', schemes.signature, {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`',
  });
  for (const route of routes) registerRoute(registry, route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Linekeeper',
      version,
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
  });
}

function registerRoute(registry: OpenAPIRegistry, route: Route): void {
  const { body } = route;
  registry.registerPath({
    method: route.method,
    path: route.path,
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, accessText(route)].filter(Boolean).join('\n\n'),
    security: securityOf(route),
    parameters: headersOf(route).map(({ name, text, required }) => ({
      name,
      in: 'header',
      required,
      description: text,
      schema: { type: 'string' },
    })),
    request: {
      params: route.params,
      query: route.query,
      ...(body === undefined ? {} : { body: requestBodyOf(body) }),
    },
    responses: { ...answersOf(route), ...problemsOf(route) },
  });
}

const byMediaType = <T>(mediaTypes: readonly string[], content: T): Record<string, T> =>
  Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content]));

function requestBodyOf(body: NonNullable<Route['body']>) {
  if (body.kind === 'stream') {
    return {
      required: true,
      description: body.description,
      content: byMediaType(body.mediaTypes, { schema: { type: 'string' as const } }),
    };
  }
  const { schema, example } = body;
  return {
    required: true,
    description: `At most ${body.limitBytes} bytes`,
    content: byMediaType(body.mediaTypes, { schema, ...(example === undefined ? {} : { example }) }),
  };
}

function answersOf({ responses }: Route): Record<string, ResponseConfig> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, answerOf(response)]),
  );
}

function answerOf({ description: text, schema, mediaType, headers, example }: ResponseSpec): ResponseConfig {
  const content = schema
    ? { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
    : mediaType === undefined
      ? undefined
      : { [mediaType]: { schema: { type: 'string' as const } } };
  return {
    description: text,
    headers: Object.fromEntries(
      Object.entries({ 'x-correlator': 'That of the request, or a new one', ...headers }).map(
        ([name, meaning]) => [name, { description: meaning, schema: { type: 'string' as const } }],
      ),
    ),
    ...(content === undefined ? {} : { content }),
  };
}

/** The problems that a route can answer with, by status, each code with an example. */
function problemsOf(route: Route): Record<string, ResponseConfig> {
  const own = new Map(
    (route.problems ?? []).flatMap((each) => (typeof each === 'string' ? [] : [[each.code, each.status]])),
  );
  const statusOf = (code: ProblemCode) => own.get(code) ?? problemCodes[code].status;
  const byStatus = Map.groupBy(problemCodesOf(route), (code) => String(statusOf(code)));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${problemCodes[code].title}`).join('; '),
        content: {
          [problemMediaType]: {
            schema: problemSchema,
            examples: Object.fromEntries(
              codes.map((code) => [code, { value: { ...problemExample(code), status: Number(status) } }]),
            ),
          },
        },
      },
    ]),
  );
}

/** All codes of a route: those that it names, and those that its access and its parts bring along. */
export function problemCodesOf(route: Route): ProblemCode[] {
  const { access, body, problems = [] } = route;
  const hasParts = body !== undefined || Object.keys(route.query.shape).length > 0;
  const codes: ProblemCode[] = [
    'correlator_invalid',
    ...(hasParts ? (['invalid_request'] as const) : []),
    ...(body?.kind === 'json' ? (['malformed_json', 'body_too_large', 'request_timeout'] as const) : []),
    ...(body ? (['unsupported_media_type'] as const) : []),
    ...(access.kind === 'token'
      ? ([
          'token_missing',
          'token_invalid',
          'token_expired',
          'scope_missing',
          'temporarily_unavailable',
        ] as const)
      : []),
    ...(access.kind === 'token' && access.roles ? (['role_missing'] as const) : []),
    ...(access.kind === 'token' && access.session ? (['session_required'] as const) : []),
    ...(access.kind === 'token' && access.session === 'fresh'
      ? (['reauthentication_required'] as const)
      : []),
    ...(access.kind === 'signature'
      ? (['signature_missing', 'signature_invalid', 'signature_expired'] as const)
      : []),
    ...(takesKey(route)
      ? (['idempotency_key_invalid', 'request_in_progress', 'idempotency_key_reused'] as const)
      : []),
    ...problems.map((each) => (typeof each === 'string' ? each : each.code)),
    'internal_error',
  ];
  return [...new Set(codes)];
}

function problemExample(code: ProblemCode) {
  const { status, title } = problemCodes[code];
  return { type: problemType(code), title, status, detail: title, code };
}

function accessText({ access }: Route): string {
  switch (access.kind) {
    case 'token':
      return `Scope \`${access.scope}\`${access.roles ? `, and one of the roles ${access.roles.map((role) => `\`${role}\``).join(', ')}` : ''}.`;
    case 'signature':
      return 'Signed by the province system.';
    case 'public':
      return '';
  }
}

function securityOf({ access }: Route): Record<string, string[]>[] {
  switch (access.kind) {
    case 'token':
      return [{ [schemes.token]: [access.scope] }, { [schemes.bearer]: [access.scope] }];
    case 'signature':
      return [{ [schemes.signature]: [] }];
    case 'public':
      return [];
  }
}

function headersOf(route: Route): { name: string; text: string; required: boolean }[] {
  const correlator = {
    name: 'x-correlator',
    text: 'Leads through logs, workflows and carrier calls; `^[a-zA-Z0-9-_:;./<>{}]{0,256}$`',
    required: false,
  };
  const key = {
    name: 'Idempotency-Key',
    text: 'Within 24 h the same key and body give the same answer',
    required: false,
  };
  const session = {
    name: 'X-User-Session',
    text: "The token of the user's session, from `POST /v1/sessions`",
    required: true,
  };
  const signature = [
    { name: 'webhook-id', text: "The call's own id, the same when it is made again", required: true },
    { name: 'webhook-timestamp', text: 'Unix seconds; at most 5 minutes off', required: true },
  ];
  return [
    correlator,
    ...(takesKey(route) ? [key] : []),
    ...(route.access.kind === 'token' && route.access.session ? [session] : []),
    ...(route.access.kind === 'signature' ? signature : []),
  ];
}

import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import type { ApiDependencies } from './dependencies.ts';
import { docs } from './docs.ts';
import { answerErrors } from './errors.ts';
import { createAuthenticator } from './middleware/authenticate.ts';
import { correlate, refuseBadCorrelator } from './middleware/correlator.ts';
import { createIdempotent } from './middleware/idempotency.ts';
import { measure } from './middleware/measure.ts';
import { createSessionCheck } from './middleware/user-session.ts';
import { createSignatureCheck } from './middleware/verify-signature.ts';
import { openApiDocument } from './openapi.ts';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';
import { operationRoutes } from './routes/operations.ts';
import { routesOf } from './routes.ts';
import { type Guards, serve } from './serve.ts';

/** The version of the HTTP contract. */
const version = '1.0.0';

/** Answers are JSON and belong to no page: nothing may be loaded or framed by one. */
const headers = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
});

/** What is shown of persons must not lie in caches on the way. */
const keepOutOfCaches: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

const notFound: RequestHandler = () => {
  throw new Problem('not_found');
};

/** Composes the API: what every request goes through, and the routes. `further` are served beside those of `api/routes.ts`. */
export function createApp(dependencies: ApiDependencies, further: readonly Route[] = []): Express {
  const { store, hasher, logger, metrics, registry, tokens, trustedProxies, now } = dependencies;
  const guards: Guards = {
    authenticator: createAuthenticator({ ...tokens, logger, now }),
    checkSignature: createSignatureCheck({ registry, metrics, logger, now }),
    checkSession: createSessionCheck({ store, hasher, now }),
    idempotent: createIdempotent({ kept: store.idempotency, hasher, logger, now }),
    now,
  };
  const routes: Route[] = [
    ...routesOf(dependencies),
    ...further,
    ...operationRoutes({ ...dependencies, document: () => document }),
  ];
  const document = openApiDocument({ routes, issuer: tokens.issuer, version });

  const app = express();
  app.disable('x-powered-by');
  // Nothing is cached, so nothing needs a tag.
  app.disable('etag');
  app.set('trust proxy', [...trustedProxies]);
  app.use(correlate, measure({ metrics, logger }), docs(), headers, keepOutOfCaches, refuseBadCorrelator);
  app.use(routerOf(routes, guards));
  app.use(notFound);
  app.use(answerErrors({ logger }));
  return app;
}

/** Express' form of a path: `{name}` becomes `:name`. */
const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

function routerOf(routes: readonly Route[], guards: Guards): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const byPath = Map.groupBy(routes, ({ path }) => path);
  for (const [path, samePath] of byPath) {
    const place = router.route(expressPath(path));
    for (const route of samePath) place[route.method](serve(route, guards));
    place.all(otherMethods(path, samePath));
  }
  return router;
}

/** RFC 9110 §15.5.6: whoever comes with another method is told which there are. A GET answers HEAD too. */
function otherMethods(path: string, routes: readonly Route[]): RequestHandler {
  const methods = routes.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return (_request, response) => {
    response.locals.route = path;
    throw new Problem('method_not_allowed', { headers: { allow: methods.join(', ') } });
  };
}

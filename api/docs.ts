import express, { Router } from 'express';
import helmet from 'helmet';
import { absolutePath } from 'swagger-ui-dist';

/** What the page needs of Swagger UI; the rest of the package, source maps above all, isn't served. */
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Linekeeper API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

/** In a file of its own, so that the page needs no inline script. */
const start = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
});
`;

/**
 * Swagger UI at `/docs`, from our own disk. Its scripts are ours alone; styles may stand in its elements, for it sets
 * some of them that way, and its icons are `data:` images.
 */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** An hour: the files change with our version only. */
const assetMaxAge = '1h';

/** Serves the documentation for people. */
export function docs(): Router {
  const router = Router({ caseSensitive: true });
  router.use('/docs', helmet({ contentSecurityPolicy }));
  router.get('/docs', (_request, response) => {
    response.locals.route = '/docs';
    response.type('html').send(page);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.locals.route = '/docs/*';
    response.type('js').send(start);
  });
  const files = express.static(absolutePath(), { index: false, maxAge: assetMaxAge });
  for (const asset of assets) {
    router.get(`/docs/${asset}`, (request, response, next) => {
      response.locals.route = '/docs/*';
      request.url = `/${asset}`;
      files(request, response, next);
    });
  }
  return router;
}

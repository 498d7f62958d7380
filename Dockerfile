# One file for all processes. `docker build --target api` (or worker, simulator) makes the image of one.
#
# Debian and not Alpine: the Temporal SDK's core is built against glibc.
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app

FROM base AS manifest
COPY package.json package-lock.json .npmrc ./

# What runs the product, without the tools that make it. `npm install` keeps to the lockfile as `npm ci` does, but doesn't
# refuse one that names no native packages for platforms which nobody here has. No install script is needed: the packages
# bring their binaries. The Node of developers' machines is left out, for the image has its own.
FROM manifest AS dependencies
RUN --mount=type=cache,target=/root/.npm \
    npm install --no-save --omit=dev --ignore-scripts \
    && rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-win-* node_modules/.bin/node

FROM manifest AS all-dependencies
RUN --mount=type=cache,target=/root/.npm \
    npm install --no-save --ignore-scripts \
    && rm -rf node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-win-* node_modules/.bin/node

# The workflows as one file, so that workers start without a bundler and all run the same code.
FROM dependencies AS workflow-bundle
COPY domain ./domain
COPY platform ./platform
COPY ports ./ports
COPY store ./store
COPY carriers ./carriers
COPY workflows ./workflows
COPY activities ./activities
COPY worker ./worker
RUN node worker/build-bundle.ts

# What every process of the product stands on. Files belong to root, processes run as node (1000): they can't change
# their own code. The number and not the name, so that an orchestrator can check that it isn't root.
FROM base AS runtime
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY deploy/probe.mjs ./deploy/probe.mjs
COPY domain ./domain
COPY platform ./platform
COPY ports ./ports
COPY store ./store
COPY carriers ./carriers
COPY workflows ./workflows

FROM runtime AS api
COPY api ./api
USER 1000:1000
EXPOSE 3000
CMD ["node", "api/main.ts"]

FROM runtime AS worker
COPY activities ./activities
COPY worker ./worker
COPY --from=workflow-bundle /app/build/workflow-bundle.js ./build/workflow-bundle.js
USER 1000:1000
EXPOSE 3300
# Without these V8 and the allocator put off collecting garbage, and memory grows with the work done.
ENV NODE_OPTIONS=--max-old-space-size=200 MALLOC_ARENA_MAX=2
CMD ["node", "worker/main.ts"]

# Provinces, a mail box and an issuer of tokens to try the product with. Never for production.
FROM base AS simulator
COPY --from=all-dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY deploy/probe.mjs ./deploy/probe.mjs
COPY domain ./domain
COPY platform ./platform
COPY simulator ./simulator
COPY dev ./dev
# A fresh volume takes the owner of the folder that it is mounted on.
RUN mkdir /data && chown 1000:1000 /data
VOLUME /data
USER 1000:1000
EXPOSE 3100 3200 2525
CMD ["node", "simulator/main.ts"]

# One image runs every part of the network; APP names the one that starts:
#   docker build --tag ganglion:local .
#   docker run --env APP=miner ganglion:local --help
# `ganglion`, the command line, is on the PATH of each.

# The manifests alone, so that packages are installed again only when one of these changes.
FROM node:24-bookworm-slim AS manifests
WORKDIR /sources
COPY . .
RUN mkdir /manifests \
 && find . -maxdepth 3 \( -name package.json -o -name package-lock.json -o -name .npmrc \) \
      -exec cp --parents {} /manifests \;

FROM node:24-bookworm-slim AS packages
WORKDIR /ganglion
COPY --from=manifests /manifests ./
# Not `npm ci`: it refuses a lock file that leaves out the native packages of any platform, be it one nobody builds on.
RUN npm install --no-audit --no-fund

# What runs needs, without the binaries of other systems. Prisma's command line goes too: its client names it as optional.
# koffi stays: a machine may do without it, but its miners compute at less than half the speed.
FROM packages AS production
RUN mkdir /kept && cp -a node_modules/koffi node_modules/@koromix /kept/ \
 && npm prune --omit=dev --omit=optional --no-audit --no-fund \
 && rm -rf node_modules/koffi node_modules/@koromix && cp -a /kept/. node_modules/ && rm -rf /kept \
 && rm -rf node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32 \
      node_modules/@ganglion/e2e node_modules/@ganglion/testkit node_modules/@ganglion/tools

FROM packages AS build
COPY . .
RUN npm run generate && npx tsc -b $(ls -d apps/* | grep -v e2e) && node tools/bundle.mjs \
 && npm run build --workspace apps/dashboard
RUN rm -rf apps/e2e libs/testkit && find apps libs -type d -name src -prune -exec rm -rf {} +

FROM node:24-bookworm-slim
WORKDIR /ganglion
RUN printf '#!/bin/sh\nexec node /ganglion/apps/cli/dist/main.bundle.mjs "$@"\n' > /usr/local/bin/ganglion \
 && chmod 755 /usr/local/bin/ganglion
# A volume takes the owner and mode of the folder it is first mounted over: here, of one only the services can read.
RUN data=/var/lib/ganglion \
 && for module in provision postgres router session session-queue node-pool cognitive oracle reputation miner cli; do \
      mkdir -p "$data/secrets/$module"; \
    done \
 && mkdir -p "$data/broker" "$data/miner" "$data/models" \
 && chown -R node:node "$data" \
 && chmod -R go= "$data/secrets" "$data/miner"
COPY --from=build /ganglion/package.json ./
COPY --from=production /ganglion/node_modules ./node_modules
COPY --from=build /ganglion/prisma ./prisma
COPY --from=build /ganglion/models ./models
COPY --from=build /ganglion/libs ./libs
COPY --from=build /ganglion/apps ./apps
ARG APP=router
ENV APP=$APP NODE_ENV=production DATA_DIR=/var/lib/ganglion GANGLION_CACHE=/var/lib/ganglion/models \
  HEALTH_PORT=9090
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_PORT && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["sh", "-c", "exec node \"apps/$APP/dist/main.bundle.mjs\" \"$@\"", "ganglion"]

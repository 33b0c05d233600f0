# Builds from the sources, then keeps what runs: no compiler, no tests, no npm cache.
FROM node:20.20.2-bookworm-slim@sha256:2cf067cfed83d5ea958367df9f966191a942351a2df77d6f0193e162b5febfc0 AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:20.20.2-bookworm-slim@sha256:2cf067cfed83d5ea958367df9f966191a942351a2df77d6f0193e162b5febfc0
# Debian packages beside it: `nftables` for serve --enforce kernel.
ARG PACKAGES=""
RUN test -z "$PACKAGES" || { apt-get update && apt-get install --yes --no-install-recommends $PACKAGES \
  && rm -rf /var/lib/apt/lists/*; }
# With 4 MiB for young objects instead of 16 a process takes some 12 MiB less and gives back more (docs/performance.md).
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=4
WORKDIR /app
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
COPY package.json LICENSE ./
COPY profiles ./profiles
# The only places that are written to, kept in volumes: certificates, and the admin server's token, both made at the
# first start. The token stands apart, since devices are given the certificates.
RUN ln -s /app/dist/cli/main.js /usr/local/bin/idlewall && install -d -o node -g node -m 0700 /certs /admin
USER node
VOLUME /certs /admin
# Without another address for the admin server it can be asked on the loopback of the container alone.
ENV IDLEWALL_CERTS=/certs IDLEWALL_ADMIN_TOKEN_FILE=/admin/token
# Below 1024 a container engine lets any user listen (net.ipv4.ip_unprivileged_port_start=0); elsewhere
# add the capability CAP_NET_BIND_SERVICE, or listen on 8443.
EXPOSE 443 9443
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["idlewall", "healthcheck"]
ENTRYPOINT ["idlewall"]
CMD ["--help"]

# The builder's result is text: it is built once, on the machine's own platform, for all of them.
FROM --platform=$BUILDPLATFORM docker.io/library/node:24-trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/bundle.ts tools/bundle.ts
COPY tools/bundle tools/bundle
COPY src src
RUN node tools/bundle.ts && node dist/drawbridge.js version

# No shell, no package manager; the entry point of the base image is replaced to say how memory is used: each setting and
# its reason is in tools/bundle/runtime.ts.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
COPY --from=build --chown=0:0 --chmod=0444 /src/dist/drawbridge.js /drawbridge.js
# One mode is for files and directories, which have to be entered.
COPY --from=build --chown=0:0 --chmod=0555 /src/dist/parts /parts
WORKDIR /
# By number, so that the kubelet can tell that it is not root.
USER 65532:65532
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
EXPOSE 8080 8081
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "--heap-growing-percent=20", "--optimize-for-size", "--liftoff-only", "/drawbridge.js"]
CMD ["operator"]

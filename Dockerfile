# tfjs-node fetches TensorFlow's C library while it installs; the first two arguments point its install script at a mirror.
# Where the library can't be had, or with --build-arg ENGINE=wasm, the image has neither and runs on the wasm engine.
FROM node:24-bookworm AS build
ARG TFJS_NODE_BASE_URI
ARG npm_config_tfjs_binding_binary_host
# Node's headers are in its image: node-gyp need not fetch them.
ENV npm_config_nodedir=/usr/local
WORKDIR /candela
# Packages first, so that they are not installed again for every change of the code; what `prepare` builds comes after it.
COPY package.json package-lock.json ./
RUN npm pkg delete scripts.prepare && npm ci --no-audit --no-fund
RUN apt-get update -q && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
COPY . .
ARG ENGINE=tensorflow
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && if [ "$ENGINE" = wasm ] || [ ! -e node_modules/@tensorflow/tfjs-node/deps/lib ]; then npm uninstall --omit=dev --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node; fi \
 && npm pkg delete devDependencies && npm run --silent sbom > sbom.json \
 && node deploy/image/slim.mjs \
 && find node_modules/@tensorflow -type f -path '*/deps/lib/*.so*' -exec strip --strip-unneeded {} +

FROM debian:bookworm-slim
ENV NODE_ENV=production CANDELA_HTTP_HOST=0.0.0.0 CANDELA_DATA_DIR=/data
COPY --from=build /usr/local/bin/node /usr/local/bin/node
# As process 1 a command that does not handle signals would not be ended by them.
COPY --from=build /usr/bin/tini-static /usr/local/bin/tini
WORKDIR /candela
COPY --from=build /candela/node_modules node_modules
COPY --from=build /candela/dist dist
COPY --from=build /candela/package.json /candela/sbom.json ./
COPY bin bin
COPY models models
COPY schemas schemas
COPY shares shares
COPY sky sky
COPY src/web src/web
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
VOLUME /data
EXPOSE 8080
# Asks where process 1 listens, by its flags, variables and config file, with TLS where it is set.
HEALTHCHECK --interval=10s --start-period=20s --timeout=5s CMD ["node", "bin/candela.js", "health", "--as-process", "1"]
ENTRYPOINT ["tini", "--", "node", "bin/candela.js"]
CMD ["serve"]

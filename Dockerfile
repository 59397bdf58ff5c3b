# tfjs-node fetches TensorFlow's C library while it installs; the three arguments point its install script at a mirror.
# Where the library can't be had, the image is built all the same and runs on the wasm engine.
FROM node:22-bookworm AS build
ARG TFJS_NODE_BASE_URI
ARG npm_config_tfjs_binding_binary_host
ARG npm_config_nodedir
WORKDIR /candela
# Packages first, so that they are not installed again for every change of the code; what `prepare` builds comes after it.
COPY package.json package-lock.json ./
RUN npm pkg delete scripts.prepare && npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production CANDELA_HTTP_HOST=0.0.0.0 CANDELA_DATA_DIR=/data
WORKDIR /candela
COPY --from=build /candela/node_modules node_modules
COPY --from=build /candela/dist dist
COPY package.json ./
COPY bin bin
COPY models models
COPY schemas schemas
COPY src/web src/web
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --start-period=20s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/candela.js"]
CMD ["serve"]
